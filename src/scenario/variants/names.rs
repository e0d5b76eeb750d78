//! Names for the variants of a grid: short, and each its own.

use serde_json::Value as Json;

use crate::scenario::source::set::Axis;

/// The most characters of a name of one value.
const MOST: usize = 28;

/// What stands for words that are long and that everybody knows.
const SHORT: [(&str, &str); 4] = [
    ("attribute:ecs.availability-zone", "zone"),
    ("topology.kubernetes.io/zone", "zone"),
    ("instanceId", "instance"),
    ("attribute:ecs.", ""),
];

/// A name for each value of each axis.
pub(super) fn of_axes(axes: &[Axis]) -> Vec<Vec<String>> {
    axes.iter()
        .map(|axis| {
            let values: Vec<Json> = axis.values.iter().map(|value| value.to_json()).collect();
            // Objects and words speak for themselves, numbers do not.
            let bare = values.iter().all(|value| value.is_object() || value.is_array() || is_word(value));
            let label =
                if bare { String::new() } else { axis.steps.last().map_or("", |step| &step.name).to_owned() + " " };
            unique(values.iter().map(|value| label.clone() + &cut(&of_value(value))).collect())
        })
        .collect()
}

fn is_word(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(|c: char| c.is_alphabetic()) && text.len() > 3)
}

/// A value in few words: of objects the values alone, the elements of a list joined by `+`.
fn of_value(value: &Json) -> String {
    match value {
        Json::Null => "none".into(),
        Json::String(text) => SHORT.iter().fold(text.clone(), |text, (long, short)| text.replace(long, short)),
        Json::Array(list) if list.is_empty() => "none".into(),
        Json::Array(list) => list.iter().map(of_value).collect::<Vec<_>>().join("+"),
        Json::Object(fields) => {
            // The type comes first whatever the order of the keys.
            let first = fields.get("type").into_iter();
            let rest = fields.iter().filter(|(key, _)| *key != "type").map(|(_, value)| value);
            first.chain(rest).map(of_value).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

fn cut(name: &str) -> String {
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    name.chars().take(MOST - 1).collect::<String>().trim_end().to_owned() + "…"
}

/// Numbers those that came out equal.
fn unique(names: Vec<String>) -> Vec<String> {
    let same = |name: &String, upto: usize| names[..upto].iter().filter(|other| *other == name).count();
    (0..names.len())
        .map(|at| {
            let name = &names[at];
            if same(name, names.len()) == 1 { name.clone() } else { format!("{name} #{}", same(name, at) + 1) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::problem::Sources;
    use crate::scenario::source::set::axis;

    fn names(text: &str) -> Vec<String> {
        let axis = axis(text, &mut Sources::new()).unwrap();
        of_axes(&[axis]).remove(0)
    }

    #[test]
    fn names_are_short_and_unique() {
        let strategies = "services.web.placementStrategy=[{type: spread, field: attribute:ecs.availability-zone}],\
                          [{field: memory, type: binpack}],[{type: random}],[]";
        assert_eq!(names(strategies), ["spread zone", "binpack memory", "random", "none"]);
        assert_eq!(names("services.web.desiredCount=4,6"), ["desiredCount 4", "desiredCount 6"]);
        assert_eq!(names("capacity.g.instanceType=m5.large,m5.xlarge"), ["m5.large", "m5.xlarge"]);
        let long = "a long description that goes on and on, ";
        assert_eq!(
            names(&format!("description='{long}one','{long}two'")),
            ["a long description that goe… #1", "a long description that goe… #2"]
        );
    }
}
