//! Names as RFC 1123 and Kubernetes have them (apimachinery, pkg/util/validation).

/// Whether a text can be a name of some sort; the error says what one is.
pub(super) type Rule = fn(&str) -> Result<(), String>;

/// A label of RFC 1123: the name of a namespace, a Service or a container.
pub(super) fn dns_label(text: &str) -> Result<(), String> {
    if text.len() > 63 {
        return Err(format!("it has {} characters: at most 63 are allowed", text.len()));
    }
    if is_label(text) {
        Ok(())
    } else {
        Err("it takes lower-case letters, digits and `-`, and begins and ends with a letter or digit".to_owned())
    }
}

/// A subdomain of RFC 1123: the name of most objects.
pub(super) fn dns_subdomain(text: &str) -> Result<(), String> {
    if text.len() > 253 {
        return Err(format!("it has {} characters: at most 253 are allowed", text.len()));
    }
    if text.split('.').all(is_label) {
        Ok(())
    } else {
        let what = "it takes lower-case letters, digits, `-` and `.`, and begins and ends with a letter or digit";
        Err(what.to_owned())
    }
}

fn is_label(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(edge) && text.ends_with(edge) && text.chars().all(|c| edge(c) || c == '-')
}

/// The key of a label, a taint or a resource: a name of at most 63 characters, after `prefix/` where it belongs to somebody.
pub(super) fn qualified(text: &str) -> Result<(), String> {
    let name = match text.split_once('/') {
        Some((prefix, name)) => {
            dns_subdomain(prefix)
                .map_err(|_| format!("`{prefix}` before the `/` must be a domain like example.com"))?;
            name
        }
        None => text,
    };
    if name.len() > 63 {
        return Err(format!("its name has {} characters: at most 63 are allowed", name.len()));
    }
    if is_word(name) {
        Ok(())
    } else {
        let what = "it takes letters, digits, `-`, `_` and `.`, begins and ends with a letter or digit, and may have `prefix/` before";
        Err(what.to_owned())
    }
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Result<(), String> {
    if text.len() > 63 {
        return Err(format!("it has {} characters: at most 63 are allowed", text.len()));
    }
    if text.is_empty() || is_word(text) {
        Ok(())
    } else {
        Err("it takes letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit".to_owned())
    }
}

fn is_word(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(edge) && text.ends_with(edge) && text.chars().all(|c| edge(c) || "-_.".contains(c))
}

/// The name of a port (IANA_SVC_NAME).
pub(super) fn port_name(text: &str) -> Result<(), String> {
    let fits =
        text.len() <= 15 && is_label(text) && text.contains(|c: char| c.is_ascii_lowercase()) && !text.contains("--");
    if fits {
        Ok(())
    } else {
        Err("it takes at most 15 lower-case letters, digits and single `-`, with a letter among them".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let long = "a".repeat(64);
        for good in ["a", "web-1", "0", "a--b"] {
            assert_eq!(dns_label(good), Ok(()), "{good}");
        }
        for bad in ["", "Web", "web_1", "-a", "a-", "a.b", &long] {
            assert!(dns_label(bad).is_err(), "{bad}");
        }
        for good in ["a.b", "web", "1.2.3", &long] {
            assert_eq!(dns_subdomain(good), Ok(()), "{good}");
        }
        for bad in ["", "a..b", ".a", "a.", "A.b", &"a".repeat(254)] {
            assert!(dns_subdomain(bad).is_err(), "{bad}");
        }
        for good in ["app", "app.kubernetes.io/name", "A_b.c", "nvidia.com/gpu"] {
            assert_eq!(qualified(good), Ok(()), "{good}");
        }
        for bad in ["", "/a", "a/", "a/b/c", "A/b", "a b", "-a", &long] {
            assert!(qualified(bad).is_err(), "{bad}");
        }
        for good in ["", "v1.2_3", "A"] {
            assert_eq!(label_value(good), Ok(()), "{good}");
        }
        for bad in ["a b", "a/b", "-", "ü", &long] {
            assert!(label_value(bad).is_err(), "{bad}");
        }
        for good in ["http", "h2", "a-b"] {
            assert_eq!(port_name(good), Ok(()), "{good}");
        }
        for bad in ["", "80", "HTTP", "a--b", "metrics-endpoint"] {
            assert!(port_name(bad).is_err(), "{bad}");
        }
    }
}
