//! Takes out of a rendered page what can run, load, or imitate the page around it.

use std::sync::LazyLock;

use ammonia::Builder;

/// Ours, and those that authors write into Markdown. The default set of `ammonia` has neither
/// form controls nor frames.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .add_tags(["section", "input", "picture", "source", "video", "audio", "track"])
        .add_generic_attributes([
            "align",
            "class",
            "dir",
            "id",
            "role",
            "tabindex",
            "translate",
            "hidden",
        ])
        .add_generic_attribute_prefixes(["aria-"])
        .add_tag_attributes("a", ["name"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("img", ["loading", "decoding", "srcset", "sizes"])
        .add_tag_attributes("input", ["checked"])
        .add_tag_attributes("ol", ["reversed", "type"])
        .add_tag_attributes("li", ["value"])
        .add_tag_attributes("source", ["src", "srcset", "sizes", "media", "type"])
        .add_tag_attributes(
            "video",
            ["src", "poster", "controls", "width", "height", "muted", "loop"],
        )
        .add_tag_attributes("audio", ["src", "controls", "loop"])
        .add_tag_attributes("track", ["src", "kind", "srclang", "label", "default"])
        // Only the `data-` attributes that we write ourselves and that name nothing to load: the
        // theme's script trusts those of its own.
        .add_tag_attributes("pre", ["data-no-copy"])
        .add_tag_attributes("span", ["data-n"])
        .add_tag_attributes("div", ["data-sync"])
        // The only control is the box of a task, which nobody can use.
        .set_tag_attribute_value("input", "type", "checkbox")
        .set_tag_attribute_value("input", "disabled", "")
        .link_rel(None);
    builder
});

/// The safe part of a page's HTML.
pub(super) fn sanitize(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}
