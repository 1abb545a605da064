//! Help articles: from Markdown to HTML that is safe to show, and to plain text.

use std::borrow::Cow;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Characters of an excerpt.
const EXCERPT_CHARS: usize = 150;

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// The article as HTML. Tags that are typed into it are shown as text, not taken for tags; links
/// cannot reach back to the page; pictures come from this host only. Addresses that begin with one
/// slash are meant inside VNET, so they get `prefix`.
pub(crate) fn to_html(text: &str, prefix: &str) -> String {
    let events = parse(text).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        // The title is the only heading of the first level on the page.
        Event::Start(Tag::Heading {
            level: HeadingLevel::H1,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: HeadingLevel::H2,
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
            Event::End(TagEnd::Heading(HeadingLevel::H2))
        }
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: inside(dest_url, prefix),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: inside(dest_url, prefix),
            title,
            id,
        }),
        other => other,
    });
    let mut written = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut written, events);
    sanitize(&written)
}

fn inside<'a>(address: CowStr<'a>, prefix: &str) -> CowStr<'a> {
    if address.starts_with('/') && !address.starts_with("//") {
        format!("{prefix}{address}").into()
    } else {
        address
    }
}

/// The second fence: whatever the first one missed cannot pass this list.
fn sanitize(html: &str) -> String {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let attributes = [
        ("a", ["href", "title"].into()),
        ("img", ["src", "alt"].into()),
        ("ol", ["start"].into()),
    ];
    Builder::new()
        .tags(tags.into())
        .tag_attributes(attributes.into_iter().collect())
        .generic_attributes(std::collections::HashSet::new())
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("img", "src") if !is_own_path(value) => None,
            _ => Some(Cow::Borrowed(value)),
        })
        .clean(html)
        .to_string()
}

/// Whether this is a path of this host, however a browser may read it.
fn is_own_path(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.chars().any(|c| c == '\\' || c.is_control())
}

/// The beginning of the article as plain text, ended by `…`.
pub(crate) fn excerpt(text: &str) -> String {
    let mut plain = String::with_capacity(EXCERPT_CHARS * 4);
    let mut chars = 0;
    let mut push = |c: char| {
        if c.is_whitespace() && (plain.is_empty() || plain.ends_with(' ')) {
            return true;
        }
        if chars == EXCERPT_CHARS {
            return false;
        }
        chars += 1;
        plain.push(if c.is_whitespace() { ' ' } else { c });
        true
    };
    for event in parse(text) {
        let more = match event {
            Event::Text(words)
            | Event::Code(words)
            | Event::Html(words)
            | Event::InlineHtml(words) => words.chars().all(&mut push),
            Event::SoftBreak | Event::HardBreak => push(' '),
            Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link,
            ) => true,
            Event::End(_block) => push(' '),
            _ => true,
        };
        if !more {
            break;
        }
    }
    plain.truncate(plain.trim_end().len());
    plain.push('…');
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        to_html(text, "/app").trim().to_owned()
    }

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(
            shown("# A\n\n*b* **c** `d`"),
            "<h2>A</h2>\n<p><em>b</em> <strong>c</strong> <code>d</code></p>"
        );
        assert_eq!(
            shown("[a](https://x.example/) [b](/help/)"),
            "<p><a href=\"https://x.example/\" rel=\"noopener noreferrer\">a</a> \
             <a href=\"/app/help/\" rel=\"noopener noreferrer\">b</a></p>"
        );
        assert!(shown("| a |\n| - |\n| b |").contains("<td>b</td>"));
    }

    #[test]
    fn tags_in_the_text_are_text() {
        assert_eq!(
            shown("<script>alert(1)</script>"),
            "&lt;script&gt;alert(1)&lt;/script&gt;"
        );
        assert_eq!(
            shown("a <img src=x onerror=alert(1)> b"),
            "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>"
        );
    }

    #[test]
    fn links_and_pictures_cannot_harm() {
        for bad in [
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](data:text/html,x)",
            "[a](vbscript:x)",
            "<javascript:alert(1)>",
        ] {
            assert!(!shown(bad).contains("href"), "{bad}: {}", shown(bad));
        }
        for bad in [
            "![a](https://evil.example/x.png)",
            "![a](//evil.example/x.png)",
            "![a](data:image/png;base64,AAAA)",
        ] {
            assert!(!shown(bad).contains("src"), "{bad}: {}", shown(bad));
        }
        assert!(shown("![a](/static/logo.svg)").contains("src=\"/app/static/logo.svg\""));
    }

    #[test]
    fn an_excerpt_is_plain_and_short() {
        assert_eq!(
            excerpt("# A\n\nSome *text*\nand `code`.\n\n- b\n- c"),
            "A Some text and code. b c…"
        );
        assert_eq!(excerpt(""), "…");
        let long = excerpt(&"wörter ".repeat(100));
        assert_eq!(long.chars().count(), 150 + 1);
        assert!(long.ends_with('…'));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_no_tag_of_its_own_comes_out(
            text in "[<>a-z\"'=/ \\[\\]()!:#*`\n]{0,60}"
        ) {
            let shown = to_html(&text, "");
            let lower = shown.to_lowercase();
            for bad in ["<script", "<style", "<iframe", "<svg", "<form", "<input"] {
                prop_assert!(!lower.contains(bad), "{}", shown);
            }
            prop_assert!(excerpt(&text).chars().count() <= EXCERPT_CHARS + 1);
        }
    }
}
