//! Probes, with the defaults of core/v1.

use crate::base::time::Span;
use crate::scenario::manifest::file::pod::ProbeFile;
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::Probe;

use super::Checker;

/// What asks a container.
const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];

impl Checker<'_> {
    /// A probe of a container; `one_pass` for those that must count a single pass as passing.
    pub(super) fn probe(&mut self, file: &ProbeFile, place: Place, one_pass: bool) -> Probe {
        let given = [&file.exec, &file.http_get, &file.tcp_socket, &file.grpc];
        let given: Vec<&str> =
            HANDLERS.into_iter().zip(given).filter(|(_, handler)| handler.is_some()).map(|(name, _)| name).collect();
        match given.as_slice() {
            [_] => {}
            [] => self.error_with(place.at_key(), "the probe asks nothing", "give it exec, httpGet, tcpSocket or grpc"),
            [first, second, ..] => {
                let message = format!("the probe has `{first}` and `{second}`; it takes one of them");
                self.error(place.key(second).at_key(), message);
            }
        }
        // To the API a 0 says no more than an absent field.
        let or = |given: Option<u32>, default: u32| given.filter(|value| *value > 0).unwrap_or(default);
        let success_threshold = or(file.success_threshold, 1);
        if one_pass && success_threshold != 1 {
            let message = format!("`successThreshold` of a liveness or startup probe is 1, found {success_threshold}");
            self.error(place.key("successThreshold").at(), message);
        }
        let seconds = |value: u32| Span::from_secs(u64::from(value));
        Probe {
            initial_delay: seconds(file.initial_delay_seconds.unwrap_or(0)),
            period: seconds(or(file.period_seconds, 10)),
            timeout: seconds(or(file.timeout_seconds, 1)),
            success_threshold,
            failure_threshold: or(file.failure_threshold, 3),
        }
    }
}
