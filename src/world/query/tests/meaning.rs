//! What expressions say of instances, worked out by hand.

use super::Instance;
use crate::world::query::parse;

/// Whether the expression holds for the instance.
fn holds(text: &str, instance: &Instance) -> bool {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).matches(instance)
}

fn with_attributes(attributes: &[(&'static str, &'static str)]) -> Instance {
    Instance { attributes: attributes.to_vec(), ..Instance::default() }
}

fn with_groups(groups: &[&'static str]) -> Instance {
    Instance { groups: groups.to_vec(), ..Instance::default() }
}

fn of_type(name: &'static str, zone: &'static str) -> Instance {
    with_attributes(&[("ecs.instance-type", name), ("ecs.availability-zone", zone)])
}

#[test]
fn guide_string_equality() {
    let text = "attribute:ecs.instance-type == t2.small";
    assert!(holds(text, &of_type("t2.small", "us-east-1a")));
    assert!(!holds(text, &of_type("t2.smaller", "us-east-1a")));
    assert!(!holds(text, &of_type("T2.small", "us-east-1a")));
}

#[test]
fn guide_argument_list() {
    let text = "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]";
    assert!(holds(text, &of_type("t3.micro", "us-east-1a")));
    assert!(holds(text, &of_type("t3.micro", "us-east-1b")));
    assert!(!holds(text, &of_type("t3.micro", "us-east-1c")));
}

#[test]
fn guide_pattern_and_compound() {
    assert!(holds("attribute:ecs.instance-type =~ t3.*", &of_type("t3.micro", "us-east-1a")));
    assert!(!holds("attribute:ecs.instance-type =~ t3.*", &of_type("m5.large", "us-east-1a")));
    let text = "attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d";
    assert!(holds(text, &of_type("g2.2xlarge", "us-east-1a")));
    assert!(!holds(text, &of_type("g2.2xlarge", "us-east-1d")));
    assert!(!holds(text, &of_type("g3.4xlarge", "us-east-1a")));
}

#[test]
fn guide_affinity_and_anti_affinity() {
    let affinity = "task:group == service:production";
    assert!(holds(affinity, &with_groups(&["family:batch", "service:production"])));
    assert!(!holds(affinity, &with_groups(&["family:batch"])));
    let anti = "not(task:group == database)";
    assert!(!holds(anti, &with_groups(&["database", "web"])));
    assert!(holds(anti, &with_groups(&["web"])));
    assert!(holds(anti, &with_groups(&[])));
    assert!(holds("task:group == service:web", &with_groups(&["service:web"])));
}

#[test]
fn guide_count_version_date_and_id() {
    assert!(holds("runningTasksCount == 1", &with_groups(&["a"])));
    assert!(!holds("runningTasksCount == 1", &with_groups(&["a", "a"])));

    let old = Instance { version: "1.9.0", ..Instance::default() };
    let new = Instance { version: "1.105.1", ..Instance::default() };
    assert!(holds("agentVersion < 1.14.5", &old));
    assert!(!holds("agentVersion < 1.14.5", &new));

    // 2018-02-13T00:00:00Z is 1518480000.
    let before = Instance { registered_at_s: 1_518_479_999, ..Instance::default() };
    let after = Instance { registered_at_s: 1_518_480_000, ..Instance::default() };
    assert!(holds("registeredAt < 2018-02-13", &before));
    assert!(!holds("registeredAt < 2018-02-13", &after));
    assert!(holds("registeredAt == 2018-02-13T02:00:00+02:00", &after));

    let known = Instance { id: "i-wxyx7890", ..Instance::default() };
    assert!(holds("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", &known));
    assert!(!holds("ec2InstanceId in ['i-abcd1234']", &known));
}

#[test]
fn guide_attribute_exists() {
    assert!(holds("attribute:stack exists", &with_attributes(&[("stack", "prod")])));
    assert!(!holds("attribute:stack exists", &with_attributes(&[])));
    assert!(holds("attribute:stack !exists", &with_attributes(&[])));
    assert!(holds("attribute:stack not_exists", &with_attributes(&[])));
}

#[test]
fn every_operator_has_two_spellings() {
    for (symbol, word) in [
        ("attribute:a == x", "attribute:a equals x"),
        ("attribute:a != x", "attribute:a not_equals x"),
        ("attribute:a exists", "attribute:a exists"),
        ("attribute:a !exists", "attribute:a not_exists"),
        ("attribute:a in [x]", "attribute:a in [x]"),
        ("attribute:a !in [x]", "attribute:a not_in [x]"),
        ("attribute:a =~ x", "attribute:a matches x"),
        ("attribute:a !~ x", "attribute:a not_matches x"),
        ("runningTasksCount > 1", "runningTasksCount greater_than 1"),
        ("runningTasksCount >= 1", "runningTasksCount greater_than_equal 1"),
        ("runningTasksCount < 1", "runningTasksCount less_than 1"),
        ("runningTasksCount <= 1", "runningTasksCount less_than_equal 1"),
        ("runningTasksCount == 1", "runningTasksCount equals 1"),
        ("runningTasksCount != 1", "runningTasksCount not_equals 1"),
        ("attribute:a exists && attribute:b exists", "attribute:a exists and attribute:b exists"),
        ("attribute:a exists || attribute:b exists", "attribute:a exists or attribute:b exists"),
        ("!attribute:a exists", "not attribute:a exists"),
        ("!(attribute:a exists)", "not(attribute:a exists)"),
        ("attribute:a=='x y'", "attribute:a equals \"x y\""),
        ("attribute:a!=x&&attribute:b!in[y,z]", "attribute:a != x and attribute:b !in ['y', \"z\"]"),
    ] {
        assert_eq!(parse(symbol), parse(word), "{symbol}");
        assert!(parse(symbol).is_ok(), "{symbol}");
    }
}

#[test]
fn comparisons_of_count() {
    let two = with_groups(&["a", "b"]);
    for (text, expected) in [
        ("> 1", true),
        ("> 2", false),
        (">= 2", true),
        (">= 3", false),
        ("< 3", true),
        ("< 2", false),
        ("<= 2", true),
        ("<= 1", false),
        ("== 2", true),
        ("== 02", true),
        ("!= 2", false),
    ] {
        assert_eq!(holds(&format!("runningTasksCount {text}"), &two), expected, "{text}");
    }
}

#[test]
fn a_missing_attribute_fails_the_positive_operators_and_passes_the_negative() {
    let bare = with_attributes(&[]);
    for positive in ["attribute:a == x", "attribute:a in [x]", "attribute:a =~ .*", "attribute:a exists"] {
        assert!(!holds(positive, &bare), "{positive}");
    }
    for negative in ["attribute:a != x", "attribute:a !in [x]", "attribute:a !~ .*", "attribute:a !exists"] {
        assert!(holds(negative, &bare), "{negative}");
    }
}

#[test]
fn groups_are_tested_one_task_at_a_time() {
    let both = with_groups(&["database", "web"]);
    assert!(!holds("task:group != database", &both));
    assert!(holds("task:group in [cache, web]", &both));
    assert!(!holds("task:group !in [cache, web]", &both));
    assert!(holds("task:group =~ data.*", &both));
    assert!(!holds("task:group !~ data.*", &both));
    assert!(holds("task:group exists", &both));
    assert!(!holds("task:group exists", &with_groups(&[])));
}

#[test]
fn an_agent_without_a_readable_version_only_differs() {
    let odd = Instance { version: "unknown", ..Instance::default() };
    for operator in ["==", ">", ">=", "<", "<="] {
        assert!(!holds(&format!("agentVersion {operator} 1.0.0"), &odd), "{operator}");
    }
    assert!(holds("agentVersion != 1.0.0", &odd));
}

#[test]
fn a_lost_agent_can_be_found() {
    let lost = Instance { disconnected: true, ..Instance::default() };
    assert!(holds("agentConnected == false", &lost));
    assert!(holds("agentConnected != true", &lost));
    assert!(holds("agentConnected in [false]", &lost));
    assert!(holds("agentConnected !~ t.*", &lost));
    assert!(!holds("agentConnected == true", &lost));
}

#[test]
fn not_binds_before_and_and_before_or() {
    let a = with_attributes(&[("a", "")]);
    // (a) or (b and c), not (a or b) and c.
    assert!(holds("attribute:a exists or attribute:b exists and attribute:c exists", &a));
    assert!(!holds("(attribute:a exists or attribute:b exists) and attribute:c exists", &a));
    // (not b) and c, not: not (b and c).
    assert!(!holds("not attribute:b exists and attribute:c exists", &a));
    assert!(holds("not (attribute:b exists and attribute:c exists)", &a));
    assert!(holds("not not attribute:a exists", &a));
    assert!(!holds("!!!attribute:a exists", &a));
}

#[test]
fn parentheses_of_a_pattern_stay_in_it() {
    let text = "(attribute:ecs.instance-type =~ (m5|c5)\\..*) and attribute:a !exists";
    assert!(holds(text, &of_type("c5.large", "a")));
    assert!(!holds(text, &of_type("c5a.large", "a")));
    assert!(holds("attribute:ecs.instance-type =~ [mc]5.large", &of_type("m5.large", "a")));
    assert!(holds("attribute:ecs.instance-type =~ '(m5|c5) ?.*'", &of_type("m5.large", "a")));
}

#[test]
fn only_attributes_are_static() {
    for text in ["attribute:a == x", "not (attribute:a exists or attribute:b =~ y)"] {
        assert!(parse(text).is_ok_and(|expression| expression.is_static()), "{text}");
    }
    for text in [
        "agentConnected == true",
        "agentVersion > 1",
        "ec2InstanceId == i-1",
        "registeredAt > 2018-01-01",
        "runningTasksCount == 0",
        "task:group == a",
        "attribute:a == x and not (attribute:b exists or task:group == a)",
    ] {
        assert!(parse(text).is_ok_and(|expression| !expression.is_static()), "{text}");
    }
}

#[test]
fn the_attributes_asked_for_are_named_once() {
    let expression = parse("attribute:b == x or attribute:a exists and not attribute:b == y").expect("good");
    assert_eq!(expression.attributes().into_iter().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn the_normal_form_shows_how_the_text_was_read() {
    for (text, normal) in [
        ("attribute:a equals 'x'", "attribute:a == x"),
        ("attribute:a == 'x y'", "attribute:a == 'x y'"),
        ("attribute:a == 'and'", "attribute:a == 'and'"),
        ("task:group == \"it's\"", "task:group == \"it's\""),
        ("attribute:a not_in [x,'y z']", "attribute:a !in [x, 'y z']"),
        ("attribute:a matches t3.*", "attribute:a =~ 't3.*'"),
        ("attribute:a not_exists", "attribute:a !exists"),
        ("agentVersion greater_than 1.14", "agentVersion > 1.14.0"),
        ("registeredAt <= 2018-06-18", "registeredAt <= 2018-06-18T00:00:00Z"),
        ("runningTasksCount == 007", "runningTasksCount == 7"),
        (
            "attribute:a exists || attribute:b exists && !attribute:c exists",
            "attribute:a exists or (attribute:b exists and not (attribute:c exists))",
        ),
        ("((attribute:a exists))", "attribute:a exists"),
        (
            "attribute:a exists and (attribute:b exists and attribute:c exists)",
            "attribute:a exists and attribute:b exists and attribute:c exists",
        ),
    ] {
        let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expression.to_string(), normal, "{text}");
    }
}
