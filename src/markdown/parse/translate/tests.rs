use super::super::tests::{Files, parse_with, settings};
use super::*;
use crate::base::SourcePath;

/// The text of a page after translation.
fn shown(text: &str) -> String {
    translated(text, false)
}

fn translated(text: &str, mdx: bool) -> String {
    let file = SourcePath::new("docs/page.md").unwrap();
    let mut builder = MappedBuilder::default();
    builder.verbatim(text, &file, 0..text.len());
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH;
    translate(builder.finish(file), options, mdx, &mut Vec::new()).text
}

#[test]
fn pages_without_anything_foreign_stay() {
    for text in [
        "",
        "```{note} Text\n",
        "<Step title=\"A\">\n",
        "!!! note that this is text, no title\n    x\n",
        "# A\n\n:::note\nText\n:::\n",
        "`{{< note >}}`\n",
        "```md\n{{< note >}}\nText\n{{< /note >}}\n!!! note\n    x\n```\n",
        "{{< note >}}\nnever closed\n",
        "{{</* note */>}}x{{</* /note */>}}\n",
        "a < B and Vec<String>, `<Note>`\n",
        "{% include x.html %}\n",
        "{{< unknown >}}x{{< /unknown >}}\n",
        "/// Rust, not a block\n\nhttps:///x\n",
        "| {{< note >}} | b |\n|---|---|\n| {{< /note >}} | c |\n",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn shortcodes_of_hugo() {
    assert_eq!(
        shown("{{< note \"Note:\" >}}\nText\n{{</ note >}}\n"),
        "::::::::::note\nText\n::::::::::\n"
    );
    assert_eq!(
        shown("{{< note \"Tip:\" >}}\nText\n{{</ note >}}\n"),
        "::::::::::tip\nText\n::::::::::\n"
    );
    assert_eq!(
        shown("{{%note \"Careful:\"%}}Text{{%/note%}} on\n"),
        "::::::::::note[Careful]\nText\n::::::::::\n on\n"
    );
    assert_eq!(
        shown("- a\n- {{< hint danger >}}x{{< /hint >}}\n"),
        "- a\n- ::::::::::caution\n  x\n  ::::::::::\n"
    );
    assert_eq!(
        shown("[a]({{< ref \"/b/c#d\" >}}), [e]({{<relref \"f.md\">}})"),
        "[a](/b/c#d), [e](f.md)"
    );
    assert_eq!(
        shown("See {{< newtabref href=\"https://a.b/\" title=\"A [b]\" >}}."),
        "See [A \\[b\\]](<https://a.b/>)."
    );
    assert_eq!(
        shown(
            "{{<tabs \"os\" \"m,macOS;l,Linux\" \"m\">}}\n{{<tab \"m\">}}\nA\n{{</tab>}}\n{{<tab \"l\">}}\nB\n{{</tab>}}\n{{</tabs>}}\n"
        ),
        "::::::::::::tabs\n::::::::::tab[macOS]\nA\n::::::::::\n::::::::::tab[Linux]\nB\n::::::::::\n::::::::::::\n"
    );
    assert_eq!(
        shown("{{< figure src=\"a.png\" alt=\"A\" caption=\"B\" >}}\n"),
        "::::::::::figure[B]\n![A](<a.png>)\n::::::::::\n"
    );
    assert_eq!(
        shown("{{< mermaid >}}\ngraph TD; {{< note >}}\n{{< /mermaid >}}\n"),
        "~~~~~~mermaid\ngraph TD; {{< note >}}\n~~~~~~\n"
    );
    assert_eq!(
        shown("{{< highlight go \"linenos=table\" >}}\nx\n{{< / highlight >}}\n"),
        "~~~~~~go\nx\n~~~~~~\n"
    );
    assert_eq!(
        shown("{{< details \"More\" open >}}\nx\n{{< /details >}}\n"),
        "::::::::::details[More]{open}\nx\n::::::::::\n"
    );
}

#[test]
fn listings_of_the_rust_book() {
    assert_eq!(
        shown(
            "<Listing number=\"2-1\" file-name=\"src/main.rs\" caption=\"A `[u8]`\">\n\nx\n\n</Listing>\n"
        ),
        "::::::::::figure[Listing 2-1: A `[u8]`]\n\n`src/main.rs`\n\n\n\nx\n\n::::::::::\n"
    );
    assert_eq!(
        shown("<Listing file-name=\"Cargo.toml\">\nx\n</Listing>\n"),
        "\n\n`Cargo.toml`\n\n\nx\n\n"
    );
}

#[test]
fn names_of_mkdocstrings() {
    assert_eq!(
        shown(
            "Text.\n\n::: fastapi.FastAPI\n    options:\n        members:\n            - app\n\nMore.\n"
        ),
        "Text.\n\n`fastapi.FastAPI`\n\nMore.\n"
    );
    assert_eq!(shown("## ::: a.b_c\n::: d.E\n"), "## `a.b_c`\n`d.E`\n");
    for text in [
        "::: a\n",
        "    ::: a.b\n",
        "::: a.b c\n",
        "```\n::: a.b\n```\n",
        "::: 1.2\n",
        "####### ::: a.b\n",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn blocks_of_gitbook() {
    assert_eq!(
        shown("{% hint style=\"danger\" %}\nText\n{% endhint %}\n"),
        "::::::::::caution\nText\n::::::::::\n"
    );
    assert_eq!(
        shown(
            "{% tabs %}\n{% tab title=\"A\" %}\nx\n{% endtab %}\n\n{% tab title=\"B\" %}\ny\n{% endtab %}\n{% endtabs %}\n"
        ),
        "::::::::::::tabs\n::::::::::tab[A]\nx\n::::::::::\n\n::::::::::tab[B]\ny\n::::::::::\n::::::::::::\n"
    );
    assert_eq!(
        shown("{% content-ref url=\"a.md\" %}\n[A](a.md)\n{% endcontent-ref %}\n"),
        "\n[A](a.md)\n\n"
    );
    assert_eq!(shown("{% raw %}{{ x }}{% endraw %}\n"), "{{ x }}\n");
}

#[test]
fn directives_of_myst() {
    assert_eq!(shown("```{note}\nText\n```\n"), "::::::::::note\nText\n::::::::::\n");
    assert_eq!(
        shown(
            "````{tip} First\n:class: x\n```{code-block} python\n:linenos:\n:emphasize-lines: 1, 3\nx\n```\n````\n"
        ),
        "::::::::::tip\nFirst\n\n```python linenos {1,3}\nx\n```\n::::::::::\n"
    );
    assert_eq!(
        shown("::::{tab-set}\n:::{tab-item} A\n:sync: a\nx\n:::\n::::\n"),
        "::::tabs\n:::tab[A]\nx\n:::\n::::\n"
    );
    assert_eq!(
        shown("```{admonition} Title\n:class: warning\nx\n```\n"),
        "::::::::::warning[Title]\nx\n::::::::::\n"
    );
    assert_eq!(shown("```{math}\na^2\n```\n"), "$$\na^2\n$$\n");
    assert_eq!(shown("```md\n```{note}\n```\n"), "```md\n```{note}\n```\n");
    assert_eq!(shown("```{toctree}\na\n```\n"), "```{toctree}\na\n```\n");
    assert_eq!(shown(":::{note}\nx\n:::\n"), ":::{note}\nx\n:::\n");
}

#[test]
fn components_of_mdx() {
    assert_eq!(
        shown("<Frame caption=\"C\">\n  ![a](b.png)\n</Frame>\n"),
        "::::::::::figure[C]\n  ![a](b.png)\n::::::::::\n"
    );
    assert_eq!(shown("<Note>Text</Note>\n"), "::::::::::note\nText\n::::::::::\n");
    assert_eq!(
        translated(
            "import { A } from 'a'\n\n<Tabs>\n  <Tab title=\"A\">\n    ```sh\n    x\n    ```\n  </Tab>\n</Tabs>\n",
            true
        ),
        "\n\n::::::::::::tabs\n::::::::::tab[A]\n```sh\nx\n```\n::::::::::\n::::::::::::\n"
    );
    assert_eq!(
        translated(
            "<CardGroup cols={2}>\n<Card title=\"A\" href=\"/a\">\nx\n</Card>\n<Card title={'B'}\n  href=\"/b\" />\n</CardGroup>\n",
            true
        ),
        "::::::::::::cards\n::::::::::card[[A](</a>)]\nx\n::::::::::\n::::::::::card[[B](</b>)]\n::::::::::\n::::::::::::\n"
    );
    assert_eq!(
        shown(":::note\n<Unknown>x</Unknown>\n:::\n"),
        ":::note\n<Unknown>x</Unknown>\n:::\n"
    );
    assert_eq!(
        shown("<Aside type=\"tip\" title=\"T\">\nx\n</Aside>\n"),
        "::::::::::tip[T]\nx\n::::::::::\n"
    );
}

#[test]
fn blocks_of_python_markdown() {
    assert_eq!(
        shown("!!! note \"T\"\n    a\n\n    - b\n\nc\n"),
        "::::::::::note[T]\na\n\n- b\n::::::::::\n\nc\n"
    );
    assert_eq!(
        shown("=== \"A\"\n\n    x\n\n=== \"B\"\n\n    y\n"),
        ":::::::::::tabs\n::::::::::tab[A]\n\nx\n::::::::::\n\n::::::::::tab[B]\n\ny\n::::::::::\n:::::::::::\n"
    );
    assert_eq!(
        shown("/// details | T\n    open: true\n    attrs: {class: a}\n- b: c\n///\n"),
        "::::::::::details[T]{open}\n- b: c\n::::::::::\n"
    );
    assert_eq!(shown("/// tip | T\n\nx\n\n///\n"), "::::::::::tip[T]\n\nx\n\n::::::::::\n");
    assert_eq!(
        shown("//// tab | A\n\n/// note\nx\n///\n\n////\n\n//// tab | B\n\ny\n\n////\n"),
        ":::::::::::::tabs\n::::::::::::tab[A]\n\n::::::::::note\nx\n::::::::::\n\n::::::::::::\n\n::::::::::tab[B]\n\ny\n\n::::::::::\n:::::::::::::\n"
    );
    assert_eq!(
        shown("??? warning \"W\"\n    !!! tip\n        x\n"),
        "::::::::::::details[W]\n::::::::::tip\nx\n::::::::::\n::::::::::::\n"
    );
}

#[test]
fn what_is_translated_is_rendered_and_not_reported() {
    let page = "{{< note >}}\nText\n{{< /note >}}\n\n=== \"A\"\n\n    x\n\n=== \"B\"\n\n    y\n";
    let (document, problems) = parse_with(page.as_bytes(), &Files::default(), &settings());
    assert!(problems.is_empty(), "{problems:?}");
    let kinds: Vec<String> = document.nodes.iter().map(|node| format!("{:?}", node.kind)).collect();
    let count = |name: &str| kinds.iter().filter(|kind| kind.starts_with(name)).count();
    assert_eq!((count("Alert"), count("Directive(")), (1, 3), "{kinds:?}");
}

#[test]
fn what_is_included_by_myst_is_included() {
    let mut files = Files::default();
    files.0.insert("docs/part.md".into(), b"From *there*.\n".to_vec());
    let page = "```{include} part.md\n```\n";
    let (document, problems) = parse_with(page.as_bytes(), &files, &settings());
    assert!(problems.is_empty(), "{problems:?}");
    assert!(document.text.contains("From *there*."), "{}", document.text);
}

proptest::proptest! {
    /// Whatever is written: each word of the author stands once, and in its order.
    #[test]
    fn any_text_can_be_translated(
        text in r#"(\{\{< (/ ?)?(note|tabs|tab) >\}\}|\{\{< (tab "→"|figure src="→"|figure src="x" caption="→" alt="y"|mermaid|ref "y") >\}\}|\{% (end)?(hint|tab|tabs) %\}|\{% tab title="→" %\}|</?(Note|Tabs|Tab|Step|Card)>|<(Note|Tab title="→"|Step title="→"|Card title="→")( /)?>|```(\{note\} →|\{image\} →|\{code\} x|)?|:::(\{tab-set\}\n|\{tab-item\} x|)?|/// (tip|tab \| →)|///|!!! note|=== "→"|!!! note "→"|\?\?\? tip|    |- |> |→|[a-c]|\n){0,30}"#,
        mdx in proptest::bool::ANY,
    ) {
        // Each arrow becomes another one, to tell them apart.
        let arrows = '←'..'⇿';
        let mut next = arrows.clone();
        let text: String =
            text.chars().map(|c| if c == '→' { next.next().unwrap() } else { c }).collect();
        let out = translated(&text, mdx);
        let written = |text: &str| text.chars().filter(|c| arrows.contains(c)).collect::<String>();
        proptest::prop_assert_eq!(written(&out), written(&text));
        parse_with(text.as_bytes(), &Files::default(), &settings());
    }
}
