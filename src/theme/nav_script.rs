//! The scripts that bring items of the navigation that a page does not hold.

use serde::Serialize;

use super::views::NavItem;

/// What `copydesk.nav` gets for one item. Fields that are not there are left out.
#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "is_page")]
    kind: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    children: Option<&'a str>,
}

fn is_page(kind: &&str) -> bool {
    *kind == "page"
}

/// The script that brings the children of a section: a call of `copydesk.nav` with `id`, the
/// script's file name without `.js`, and the items. URLs of the items, also their
/// `children_script`, are seen from the site's root; the page that runs the script puts its own
/// way to the root before them.
pub fn nav_script(id: &str, items: &[NavItem]) -> String {
    let items: Vec<Item<'_>> = items
        .iter()
        .map(|item| Item {
            kind: &item.kind,
            title: &item.title,
            number: item.number.as_deref(),
            url: item.url.as_deref(),
            children: item.children_script.as_deref(),
        })
        .collect();
    // Strings serialise always.
    let id = serde_json::to_string(id).unwrap_or_default();
    let items = serde_json::to_string(&items).unwrap_or_default();
    format!("copydesk.nav({id},{items});\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_one_call() {
        let page = NavItem {
            kind: "page".to_owned(),
            title: "A \"b\" </script>".to_owned(),
            url: Some("a/b.html".to_owned()),
            ..NavItem::default()
        };
        let part = NavItem { kind: "part".to_owned(), title: "P".to_owned(), ..NavItem::default() };
        assert_eq!(
            nav_script("x", &[page, part]),
            "copydesk.nav(\"x\",[{\"title\":\"A \\\"b\\\" </script>\",\"url\":\"a/b.html\"},\
             {\"kind\":\"part\",\"title\":\"P\"}]);\n"
        );
    }
}
