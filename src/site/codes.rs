//! The kinds of problems that this room finds.

use crate::base::{Code, Severity};

pub(super) static LINK_EMPTY: Code = Code {
    id: "link/empty",
    severity: Severity::Warning,
    summary: "a link without a destination",
    explanation: "A link with nothing between its parentheses leads to the page it stands on. \
        Usually the address was to be filled in later. Write the address, or turn the link into \
        plain text.",
    examples: ("See the [guide]().", "See the [guide](guide.md)."),
};

pub(super) static LINK_MISSING_ANCHOR: Code = Code {
    id: "link/missing-anchor",
    severity: Severity::Error,
    summary: "a link to a heading or id that its page does not have",
    explanation: "The page exists, but nothing on it has the id after `#`, so readers land at its \
        top. Ids of headings are their text in lower case, with `-` for spaces and without \
        punctuation; repeated headings get `-1`, `-2` and so on. A heading gets an id of its own \
        that survives rewording with `## Heading {#id}`.",
    examples: ("See [limits](#limit).\n\n## Limits", "See [limits](#limits).\n\n## Limits"),
};

pub(super) static LINK_MISSING_FILE: Code = Code {
    id: "link/missing-file",
    severity: Severity::Error,
    summary: "a link to a file that does not exist",
    explanation: "A link, script, style sheet or video names a file that is not in the content \
        folder. Addresses are seen from the page's source file; `/` at the beginning means the \
        content folder. The link is published as written and marked as broken.",
    examples: ("[Data sheet](files/shet.pdf)", "[Data sheet](files/sheet.pdf)"),
};

pub(super) static LINK_MISSING_IMAGE: Code = Code {
    id: "link/missing-image",
    severity: Severity::Error,
    summary: "an image that does not exist",
    explanation: "The file that the image shows is not in the content folder, so readers see its \
        alternative text. Addresses are seen from the page's source file; `/` at the beginning \
        means the content folder.",
    examples: ("![Login form](img/logni.png)", "![Login form](img/login.png)"),
};

pub(super) static LINK_MISSING_PAGE: Code = Code {
    id: "link/missing-page",
    severity: Severity::Error,
    summary: "a link to a page that does not exist",
    explanation: "Links between pages name the other page's source file, seen from this one: \
        `../guide/install.md`, with `#heading-id` for a place in it; `/` at the beginning means \
        the content folder. There is no such file. The link is published as written and marked \
        as broken.",
    examples: ("[Install](instal.md)", "[Install](install.md)"),
};

/// A link that leads out of the content folder, or out of the site.
pub static LINK_OUTSIDE_CONTENT: Code = Code {
    id: "link/outside-content",
    severity: Severity::Error,
    summary: "a link that leads out of the content folder",
    explanation: "Only what lies in the content folder is published, so a link to a file outside \
        of it works in the repository but not on the site. Link to the file on the repository's \
        web page instead, move it into the content folder, or include its text with \
        `{{#include ../FILE}}`. A link to another site on the same host (`../other/index.html`, \
        or `/other/...` where `site.base-url` does not say which part of the host is ours) is only \
        worth a word: it may work once published, but nothing here can check it. `copydesk build` \
        says so, `copydesk lint` only where `[lint.rules]` gives it a higher level than advice.",
    examples: ("[Licence](../LICENSE)", "[Licence](https://example.org/repo/blob/main/LICENSE)"),
};

pub(super) static LINK_THROUGH_REDIRECT: Code = Code {
    id: "link/through-redirect",
    severity: Severity::Advice,
    summary: "a link to a former address",
    explanation: "The address is an alias or redirect. The link works, because it is published \
        with the new address, but it will break on the day the redirect is removed. Write the \
        file that the page has now.",
    examples: ("[Install](setup.md)", "[Install](install.md)"),
};

pub(super) static LINK_UNPUBLISHED: Code = Code {
    id: "link/unpublished",
    severity: Severity::Error,
    summary: "a link to a file that is not published",
    explanation: "The file exists, but it is not part of the site: it is a draft, `SUMMARY.md` \
        does not list it, or another page has its address. Publish it (remove `draft: true`, \
        list it, or write `nav: false` in its front matter so that it is published without being \
        listed), or remove the link.",
    examples: ("", ""),
};

pub(super) static LINK_WRONG_CASE: Code = Code {
    id: "link/wrong-case",
    severity: Severity::Warning,
    summary: "a link whose upper and lower case differ from the file's name",
    explanation: "Some computers tell `Install.md` from `install.md` and some do not, and most \
        web servers do. The link is published with the right name, but it is broken for everyone \
        who reads the repository elsewhere. Write the name exactly as the file has it.",
    examples: ("[Install](Install.md)", "[Install](install.md)"),
};

pub(super) static NAV_BAD_ENTRY: Code = Code {
    id: "nav/bad-entry",
    severity: Severity::Error,
    summary: "an entry of SUMMARY.md that names no page",
    explanation: "Each item of a list in `SUMMARY.md` is one link to a Markdown file of the \
        content folder: `- [Title](file.md)`. An item for a page that is yet to be written has \
        an empty address: `- [Title]()`. Web addresses and files that are not Markdown cannot be \
        chapters. The entry is shown without a link.",
    examples: ("- Install", "- [Install](install.md)"),
};

pub(super) static NAV_BAD_STRUCTURE: Code = Code {
    id: "nav/bad-structure",
    severity: Severity::Error,
    summary: "an entry of SUMMARY.md that stands in the wrong place",
    explanation: "`SUMMARY.md` has an order: an optional title, links without numbers (prefix \
        chapters), lists of numbered chapters, each with an optional `# Part` heading above it, \
        and again links without numbers (suffix chapters). No list and no part can follow a \
        suffix chapter, and no link can stand between a part's heading and its list. mdBook \
        refuses or drops such entries.",
    examples: (
        "- [One](one.md)\n\n[Appendix](appendix.md)\n\n- [Two](two.md)",
        "- [One](one.md)\n- [Two](two.md)\n\n[Appendix](appendix.md)",
    ),
};

pub(super) static NAV_CONTRADICTION: Code = Code {
    id: "nav/contradiction",
    severity: Severity::Warning,
    summary: "a page that is listed and says `nav: false`",
    explanation: "`nav: false` asks for a page that no navigation lists, but `SUMMARY.md` lists \
        it. It stays listed. Remove the one or the other.",
    examples: ("", ""),
};

pub(super) static NAV_DUPLICATE_ENTRY: Code = Code {
    id: "nav/duplicate-entry",
    severity: Severity::Error,
    summary: "a file that SUMMARY.md lists twice",
    explanation: "A page has one place in the navigation: its number, its way up and the pages \
        before and after it come from there. The first entry counts; the second is shown without \
        a link. Remove one of them.",
    examples: ("- [One](a.md)\n- [Two](a.md)", "- [One](a.md)\n- [Two](b.md)"),
};

pub(super) static NAV_IGNORED_HEADING: Code = Code {
    id: "nav/ignored-heading",
    severity: Severity::Advice,
    summary: "a heading in SUMMARY.md that is not shown",
    explanation: "Only headings of level 1 below the title (`# Part`) make parts of the \
        navigation. Headings of other levels are ignored, as mdBook ignores them.",
    examples: ("## Guides\n\n- [One](one.md)", "# Guides\n\n- [One](one.md)"),
};

pub(super) static NAV_IGNORED_TEXT: Code = Code {
    id: "nav/ignored-text",
    severity: Severity::Warning,
    summary: "text in SUMMARY.md that is not shown",
    explanation: "The navigation consists of links, part headings and `---`; other text in \
        `SUMMARY.md` appears nowhere. Put it into a page, or into a comment (`<!-- ... -->`).",
    examples: ("- [One](one.md) (new!)", "- [One (new!)](one.md)"),
};

pub(super) static NAV_MISSING_FILE: Code = Code {
    id: "nav/missing-file",
    severity: Severity::Error,
    summary: "SUMMARY.md lists a file that does not exist",
    explanation: "Addresses in `SUMMARY.md` are seen from the content folder. The entry is shown \
        without a link. Correct the address, create the file, or leave the address empty \
        (`[Title]()`) until the page is written. mdBook creates an empty file; Copydesk never \
        writes into your sources.",
    examples: ("- [Install](instal.md)", "- [Install](install.md)"),
};

pub(super) static NAV_NOT_IN_SUMMARY: Code = Code {
    id: "nav/not-in-summary",
    severity: Severity::Warning,
    summary: "a Markdown file that SUMMARY.md does not list",
    explanation: "Where there is a `SUMMARY.md`, only the files that it lists are published. List \
        the file, or write `nav: false` in its front matter to publish it without listing it, or \
        move it out of the content folder. Files that other pages include are not reported.",
    examples: ("", ""),
};

/// A page that nothing leads to.
pub static NAV_ORPHAN: Code = Code {
    id: "nav/orphan",
    severity: Severity::Advice,
    summary: "a page that nothing leads to",
    explanation: "The page says `nav: false`, so the navigation does not list it, and no other \
        page links to it: readers find it only by search. Link to it from somewhere, list it, or \
        let it be if its address is given out by other means.",
    examples: ("", ""),
};

pub(super) static NAV_OUTSIDE_CONTENT: Code = Code {
    id: "nav/outside-content",
    severity: Severity::Error,
    summary: "SUMMARY.md lists a file outside the content folder",
    explanation: "Pages lie in the content folder. To publish a file from elsewhere, such as the \
        repository's README, write a page that includes it: `{{#include ../README.md}}`.",
    examples: ("[Introduction](../README.md)", "[Introduction](introduction.md)"),
};

pub(super) static NAV_TWO_SECTION_PAGES: Code = Code {
    id: "nav/two-section-pages",
    severity: Severity::Error,
    summary: "a folder with two pages for itself",
    explanation: "`index.md`, `_index.md` and `README.md` are all the page of the folder they lie \
        in. Where there are several, the first of that order is published and the others are \
        not. Merge them, or rename those that are to be pages of their own.",
    examples: ("", ""),
};

pub(super) static REDIRECT_BAD_ADDRESS: Code = Code {
    id: "redirect/bad-address",
    severity: Severity::Error,
    summary: "an alias or redirect whose address makes no sense",
    explanation: "A former address is a path of this site, such as `/guide/setup.html` or \
        `/guide/setup/`: no scheme, no host, no query, and no `..` above the site's top. In an \
        alias, an address without `/` in front is seen from the page's own folder. The entry is \
        ignored.",
    examples: ("aliases: [https://example.org/setup]", "aliases: [/setup.html]"),
};

pub(super) static REDIRECT_CHAIN: Code = Code {
    id: "redirect/chain",
    severity: Severity::Warning,
    summary: "a redirect that leads to another redirect",
    explanation: "Readers and search engines are sent straight to the end of the chain, but the \
        chain breaks as soon as one of its links is removed. Write the last address.",
    examples: (
        "\"/a.html\" = \"b.html\"\n\"/b.html\" = \"c.html\"",
        "\"/a.html\" = \"c.html\"\n\"/b.html\" = \"c.html\"",
    ),
};

pub(super) static REDIRECT_DEAD_TARGET: Code = Code {
    id: "redirect/dead-target",
    severity: Severity::Error,
    summary: "a redirect to an address that does not exist",
    explanation: "The new address is neither a page nor a file of this site. Addresses in \
        `[output.html.redirect]` are seen from the old address; `/` at the beginning means the \
        site's top. The redirect is not published.",
    examples: ("\"/setup.html\" = \"instal.html\"", "\"/setup.html\" = \"install.html\""),
};

pub(super) static REDIRECT_DUPLICATE: Code = Code {
    id: "redirect/duplicate",
    severity: Severity::Error,
    summary: "one former address leads to two places",
    explanation: "Two aliases or redirects have the same former address. The first one counts: \
        aliases in the order of the pages, then `book.toml`. Remove the one that is wrong.",
    examples: ("", ""),
};

pub(super) static REDIRECT_FRAGMENT_ONLY: Code = Code {
    id: "redirect/fragment-only",
    severity: Severity::Warning,
    summary: "a redirect for places in a page that does not exist",
    explanation: "The redirect says where `#...` of an address went, but no page has that \
        address and no redirect says where the page itself went, so readers without the fragment \
        find an empty page. Add a redirect for the address without `#`.",
    examples: (
        "\"/a.html#old\" = \"b.html#new\"",
        "\"/a.html\" = \"b.html\"\n\"/a.html#old\" = \"b.html#new\"",
    ),
};

pub(super) static REDIRECT_LOOP: Code = Code {
    id: "redirect/loop",
    severity: Severity::Error,
    summary: "redirects that lead in a circle",
    explanation: "Following the redirects never arrives at a page. None of them is published. \
        Decide which address is the page's own and point the others at it.",
    examples: (
        "\"/a.html\" = \"b.html\"\n\"/b.html\" = \"a.html\"",
        "\"/a.html\" = \"c.html\"\n\"/b.html\" = \"c.html\"",
    ),
};

pub(super) static REDIRECT_MISSING: Code = Code {
    id: "redirect/missing",
    severity: Severity::Warning,
    summary: "a page has gone from its address, and nothing leads on from there",
    explanation: "The base of this branch has a page at the address, and this branch has nothing \
        there: the page was moved, renamed, deleted, or is no longer published. Bookmarks, search \
        results, and links from other sites then end at \"not found\". Write the old address into \
        the `aliases` of the page that readers are to see instead, or add a line to \
        `[output.html.redirect]` in `book.toml`. `copydesk mv` moves a page and leaves the \
        redirect.",
    examples: ("", ""),
};

pub(super) static REDIRECT_SHADOWS_PAGE: Code = Code {
    id: "redirect/shadows-page",
    severity: Severity::Error,
    summary: "a redirect from an address that is in use",
    explanation: "A page or file stands at the former address, so nobody can be sent away from \
        it. What stands there is published and the redirect is not. Remove the redirect, or \
        rename the page.",
    examples: ("", ""),
};

pub(super) static SITE_BAD_SLUG: Code = Code {
    id: "site/bad-slug",
    severity: Severity::Warning,
    summary: "a slug that cannot be part of an address",
    explanation: "`slug` replaces the last part of a page's address: one name without `/`, \
        spaces, or characters that mean something in addresses (`? # % \\ : * \" < > |`). The \
        page of a section (`index.md`, `README.md`) has its folder's address and takes no slug. \
        The slug is ignored.",
    examples: ("slug: guides/install", "slug: install"),
};

/// Two pages with one title in one part of the navigation.
pub static SITE_DUPLICATE_TITLE: Code = Code {
    id: "site/duplicate-title",
    severity: Severity::Advice,
    summary: "two pages of one section have the same title",
    explanation: "Two pages that stand below the same entry of the navigation are called the \
        same, so readers cannot tell them apart in the navigation, in search results, or in the \
        tabs of their browser. Give one of them another title, which says what it is about.",
    examples: ("", ""),
};

pub(super) static MISSING_CARD: Code = Code {
    id: "site/missing-card-image",
    severity: Severity::Warning,
    summary: "the image that a page is to be shared with does not exist",
    explanation: "`image` in front matter names the image that other sites show beside a link to \
        the page. It is an address with a scheme, or the path of a file in the content folder, seen \
        from the page; `/` at the beginning means the content folder. There is no such file, so \
        the image of the site is taken, where there is one.",
    examples: ("---\nimage: img/crad.png\n---", "---\nimage: img/card.png\n---"),
};

pub(super) static SITE_OWN_FILE: Code = Code {
    id: "site/own-file",
    severity: Severity::Advice,
    summary: "a file of yours takes the place of a generated one",
    explanation: "Copydesk would write a file of this name (`robots.txt`, `CNAME`, `404.html` and \
        the like), but the content folder has one. Yours is published, and nothing is generated.",
    examples: ("", ""),
};

pub(super) static SITE_URL_CASE: Code = Code {
    id: "site/url-case",
    severity: Severity::Warning,
    summary: "two addresses that differ only in upper and lower case",
    explanation: "On computers and hosts that do not tell upper from lower case, the two files \
        overwrite each other. Rename one of them.",
    examples: ("", ""),
};

pub(super) static SITE_URL_CLASH: Code = Code {
    id: "site/url-clash",
    severity: Severity::Error,
    summary: "two files with one address",
    explanation: "Two pages, or a page and another file, or a file and one that Copydesk writes \
        itself (`_copydesk/`, `build.json`, `print.html`) would stand at the same address. The \
        first one is published: Copydesk's own files, then pages in the order of the navigation, \
        then other files. Rename the other, or give it another `slug`.",
    examples: ("", ""),
};

/// Every kind of problem that `site` finds, sorted by id.
pub static CODES: &[&Code] = &[
    &LINK_EMPTY,
    &LINK_MISSING_ANCHOR,
    &LINK_MISSING_FILE,
    &LINK_MISSING_IMAGE,
    &LINK_MISSING_PAGE,
    &LINK_OUTSIDE_CONTENT,
    &LINK_THROUGH_REDIRECT,
    &LINK_UNPUBLISHED,
    &LINK_WRONG_CASE,
    &NAV_BAD_ENTRY,
    &NAV_BAD_STRUCTURE,
    &NAV_CONTRADICTION,
    &NAV_DUPLICATE_ENTRY,
    &NAV_IGNORED_HEADING,
    &NAV_IGNORED_TEXT,
    &NAV_MISSING_FILE,
    &NAV_NOT_IN_SUMMARY,
    &NAV_ORPHAN,
    &NAV_OUTSIDE_CONTENT,
    &NAV_TWO_SECTION_PAGES,
    &REDIRECT_BAD_ADDRESS,
    &REDIRECT_CHAIN,
    &REDIRECT_DEAD_TARGET,
    &REDIRECT_DUPLICATE,
    &REDIRECT_FRAGMENT_ONLY,
    &REDIRECT_LOOP,
    &REDIRECT_MISSING,
    &REDIRECT_SHADOWS_PAGE,
    &SITE_BAD_SLUG,
    &SITE_DUPLICATE_TITLE,
    &MISSING_CARD,
    &SITE_OWN_FILE,
    &SITE_URL_CASE,
    &SITE_URL_CLASH,
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_sorted_and_worded_as_agreed() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
        for code in CODES {
            assert!(code.id.contains('/'), "{}", code.id);
            assert!(!code.summary.ends_with('.'), "{}", code.id);
            assert!(code.explanation.ends_with('.'), "{}", code.id);
            assert_eq!(code.examples.0.is_empty(), code.examples.1.is_empty(), "{}", code.id);
        }
    }
}
