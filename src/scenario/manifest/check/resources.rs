//! Requests and limits.

use std::collections::BTreeMap;

use crate::base::nearest::nearest;
use crate::scenario::manifest::file::pod::ResourcesFile;
use crate::scenario::manifest::place::Place;
use crate::scenario::manifest::quantity::Quantity;
use crate::world::kubernetes::ResourceList;
use crate::world::kubernetes::resources::{CPU, EPHEMERAL_STORAGE, MEMORY, PODS};

use super::{Checker, names};

/// More than any machine has, in whatever unit, and far from where sums would overflow.
const MOST: i64 = 1 << 53;

/// Resources that a container may name without a domain; `hugepages-SIZE` are further ones.
const STANDARD: [&str; 3] = [CPU, MEMORY, EPHEMERAL_STORAGE];

/// Whether a resource is one of a device plugin's, counted in whole pieces that are never overcommitted.
fn is_extended(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, _)| domain != "kubernetes.io" && !domain.ends_with(".kubernetes.io"))
}

impl Checker<'_> {
    /// What a container, or a pod as a whole, asks for and may use. Where only a limit is given, as much is requested.
    pub(super) fn resources(&mut self, file: &ResourcesFile, place: Place) -> (ResourceList, ResourceList) {
        let limits = self.amounts(&file.limits, place.key("limits"));
        let mut requests = self.amounts(&file.requests, place.key("requests"));
        for (name, request) in &file.requests {
            let at = place.key("requests").key(name).at();
            match file.limits.get(name) {
                Some(limit) if request > limit => {
                    self.error(at, format!("the request for `{name}` is above its limit"));
                }
                Some(limit) if is_extended(name) && request != limit => {
                    let message = format!("the request for `{name}` differs from its limit");
                    self.error_with(at, message, "a resource of this kind is never overcommitted: give only the limit");
                }
                None if is_extended(name) || name.starts_with("hugepages-") => {
                    let message = format!("`{name}` is requested without a limit");
                    self.error_with(at, message, "give it under `limits`; the request follows");
                }
                _ => {}
            }
        }
        for (name, limit) in &limits.0 {
            requests.0.entry(name.clone()).or_insert(*limit);
        }
        (requests, limits)
    }

    /// Amounts as they are counted with.
    pub(super) fn amounts(&mut self, file: &BTreeMap<String, Quantity>, place: Place) -> ResourceList {
        let mut list = ResourceList::default();
        for (name, quantity) in file {
            let place = place.key(name);
            self.resource_name(name, place);
            if let Some(amount) = self.amount(name, *quantity, place) {
                list.set(name, amount);
            }
        }
        list
    }

    fn resource_name(&mut self, name: &str, place: Place) {
        if STANDARD.contains(&name) || name.starts_with("hugepages-") {
            return;
        }
        if let Err(why) = names::qualified(name) {
            self.error_with(place.at_key(), format!("`{name}` cannot be the name of a resource"), why);
        } else if !name.contains('/') {
            let help = match nearest(name, STANDARD) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "it is cpu, memory, ephemeral-storage, hugepages-SIZE or one with a domain like nvidia.com/gpu"
                    .to_owned(),
            };
            self.error_with(place.at_key(), format!("there is no resource `{name}`"), help);
        }
    }

    /// An amount as it is counted with: thousandths of a core, bytes, or pieces.
    pub(super) fn amount(&mut self, name: &str, quantity: Quantity, place: Place) -> Option<i64> {
        let amount = if name == CPU { quantity.milli_value() } else { quantity.value() };
        if quantity.is_negative() {
            self.error(place.at(), format!("an amount of `{name}` is 0 or more"));
        } else if amount > MOST {
            self.error(place.at(), format!("this is more `{name}` than any node has"));
        } else if (is_extended(name) || name == PODS) && !quantity.is_whole() {
            self.error(place.at(), format!("`{name}` is counted in whole pieces"));
        } else {
            return Some(amount);
        }
        None
    }
}
