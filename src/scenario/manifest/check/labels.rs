//! Labels and selectors of labels.

use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::selector::LabelOperator;
use crate::world::kubernetes::{LabelSelector, Labels};

use super::{Checker, names};

impl Checker<'_> {
    pub(super) fn labels(&mut self, labels: &Labels, place: Place) {
        for (key, value) in labels {
            let place = place.key(key);
            self.label_key(key, place);
            if let Err(why) = names::label_value(value) {
                self.error_with(place.at(), format!("`{value}` cannot be the value of a label"), why);
            }
        }
    }

    /// The key of a label, pointing at where it stands as a key.
    fn label_key(&mut self, key: &str, place: Place) {
        if let Err(why) = names::qualified(key) {
            self.error_with(place.at_key(), format!("`{key}` cannot be the key of a label"), why);
        }
    }

    /// The key of a label, given as a value.
    pub(super) fn label_key_value(&mut self, key: &str, place: Place) {
        if key.is_empty() {
            self.error(place.at(), "the key of a label must not be empty");
        } else if let Err(why) = names::qualified(key) {
            self.error_with(place.at(), format!("`{key}` cannot be the key of a label"), why);
        }
    }

    pub(super) fn selector(&mut self, selector: &LabelSelector, place: Place) {
        self.labels(&selector.match_labels, place.key("matchLabels"));
        for (index, requirement) in selector.match_expressions.iter().enumerate() {
            let place = place.key("matchExpressions").index(index);
            self.label_key_value(&requirement.key, place.key("key"));
            let takes_values = matches!(requirement.operator, LabelOperator::In | LabelOperator::NotIn);
            let operator = format!("{:?}", requirement.operator);
            self.values(&operator, takes_values, &requirement.values, place);
            if takes_values {
                for (index, value) in requirement.values.iter().enumerate() {
                    if let Err(why) = names::label_value(value) {
                        let at = place.key("values").index(index).at();
                        self.error_with(at, format!("`{value}` cannot be the value of a label"), why);
                    }
                }
            }
        }
    }

    /// Whether an operator has values where it needs some, and none where it takes none.
    pub(super) fn values(&mut self, operator: &str, takes_values: bool, values: &[String], place: Place) {
        if takes_values && values.is_empty() {
            self.error(place.key("operator").at(), format!("`{operator}` needs at least one of `values`"));
        } else if !takes_values && !values.is_empty() {
            self.error(place.key("values").at_key(), format!("`{operator}` takes no `values`"));
        }
    }

    /// The selector of a controller: it must select the pods of its own template.
    pub(super) fn own_selector(&mut self, selector: &LabelSelector, labels: &Labels, kind: &str, spec: Place) {
        let place = spec.key("selector");
        self.selector(selector, place);
        if selector.is_empty() {
            let help = "give it `matchLabels` with labels of the template";
            self.error_with(place.at_key(), format!("the selector of a {kind} must not be empty"), help);
        } else if !selector.matches(labels) {
            let unmet = selector.match_labels.iter().find(|(key, value)| labels.get(*key) != Some(value));
            let help = match unmet {
                Some((key, value)) => match labels.get(key) {
                    Some(other) => format!("the selector asks for `{key}: {value}`, the template has `{key}: {other}`"),
                    None => format!("add the label `{key}: {value}` to `template.metadata.labels`"),
                },
                None => "the labels of the template do not meet its `matchExpressions`".to_owned(),
            };
            self.error_with(place.at_key(), "the selector does not select the pods of the template", help);
        }
    }
}
