//! Making text harmless. Everything that comes from a scenario passes through here on its way into the page.

use crate::report::words;

/// Text as HTML, in an element or in a quoted attribute. Control characters become spaces.
pub(super) fn text(raw: &str) -> String {
    let mut safe = String::with_capacity(raw.len());
    for c in words::clean(raw).chars() {
        push(&mut safe, c);
    }
    safe
}

/// The same for text of several lines, whose line ends stay.
pub(super) fn lines(raw: &str) -> String {
    raw.lines().map(text).collect::<Vec<_>>().join("\n")
}

fn push(safe: &mut String, c: char) {
    match c {
        '&' => safe.push_str("&amp;"),
        '<' => safe.push_str("&lt;"),
        '>' => safe.push_str("&gt;"),
        '"' => safe.push_str("&quot;"),
        '\'' => safe.push_str("&#39;"),
        c => safe.push(c),
    }
}

/// JSON that may stand in a `script` element: nothing in it can end the element or open a comment.
pub(super) fn json(value: &serde_json::Value) -> String {
    // These signs stand in strings only, where they may be written as escapes.
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_html_is_left() {
        assert_eq!(
            text("<script>alert('1')</script> & \"x\""),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;"
        );
        assert_eq!(text("a\u{0}b\nc"), "a b c");
        assert_eq!(lines("a: <b>\n  c\n"), "a: &lt;b&gt;\n  c");
    }

    #[test]
    fn json_cannot_leave_its_element_and_stays_the_same() {
        let value = serde_json::json!({"a": "</script><!--&\u{2028}"});
        let safe = json(&value);
        assert!(!safe.contains(['<', '>', '&']), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }
}
