//! Containers: what is set aside for them, their ports, and what the kubelet does with them.

use crate::scenario::manifest::file::pod::{ContainerFile, PodSpecFile, ProtocolFile, PullPolicy, RestartPolicyFile};
use crate::scenario::manifest::place::Place;
use crate::world::kubernetes::{ContainerLife, ContainerPort, ContainerSpec};

use super::{Checker, names};

/// What the containers of a pod have been checked for so far.
#[derive(Default)]
pub(super) struct Seen {
    names: Vec<String>,
    host_ports: Vec<(String, String, u16)>,
}

/// Whether the kubelet asks the registry at each start by default: for `latest`, and where neither a tag nor a digest is given.
fn always_by_default(image: &str) -> bool {
    let (name, digest) = image.split_once('@').map_or((image, false), |(name, _)| (name, true));
    // A `:` before the last `/` is that of a port.
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => !digest,
    }
}

impl Checker<'_> {
    /// A container; `sidecar` and `init` tell which of the lists it stands in and how it lives.
    pub(super) fn container(
        &mut self,
        file: &ContainerFile,
        pod: &PodSpecFile,
        place: Place,
        init: bool,
        seen: &mut Seen,
    ) -> (ContainerSpec, ContainerLife) {
        self.check_name(&file.name, place.key("name"), names::dns_label);
        if seen.names.contains(&file.name) {
            self.error(place.key("name").at(), format!("a second container named `{}`", file.name));
        }
        seen.names.push(file.name.clone());
        let image = file.image.clone().unwrap_or_default();
        if image.trim() != image || image.is_empty() {
            let message =
                if place.has("image") { "this cannot be an image" } else { "missing field `image` in a container" };
            let place = place.key("image");
            self.error_with(place.at(), message, "as in `image: nginx:1.27`");
        }
        if file.image_pull_policy == Some(PullPolicy::Never) {
            let help = "a pod whose node lacks the image would not start; here the image is fetched";
            self.warn(place.key("imagePullPolicy").at(), "`imagePullPolicy: Never` has no effect", help);
        }
        let sidecar = init && file.restart_policy == Some(RestartPolicyFile::Always);
        if !init && file.restart_policy.is_some() {
            let help = "write it at the pod; only init containers have one of their own";
            self.error_with(place.key("restartPolicy").at_key(), "a container takes no `restartPolicy`", help);
        }
        let mut life = ContainerLife {
            name: file.name.clone(),
            always_pulls: match file.image_pull_policy {
                Some(policy) => policy == PullPolicy::Always,
                None => always_by_default(&image),
            },
            image: image.clone(),
            ..ContainerLife::default()
        };
        let probes = [
            ("startupProbe", &file.startup_probe, true, &mut life.startup),
            ("livenessProbe", &file.liveness_probe, true, &mut life.liveness),
            ("readinessProbe", &file.readiness_probe, false, &mut life.readiness),
        ];
        for (name, given, one_pass, probe) in probes {
            let Some(given) = given else { continue };
            let place = place.key(name);
            if init && !sidecar {
                let help = "it ends before the pod runs; `restartPolicy: Always` makes it a sidecar";
                self.error_with(place.at_key(), format!("an init container takes no `{name}`"), help);
            }
            *probe = Some(self.probe(given, place, one_pass));
        }
        let (requests, limits) = self.resources(&file.resources, place.key("resources"));
        life.limits = limits;
        let ports = self.ports(file, pod.host_network, place.key("ports"), init && !sidecar, seen);
        let restart_policy = sidecar.then(|| "Always".to_owned());
        (ContainerSpec { name: file.name.clone(), image, requests, ports, restart_policy }, life)
    }

    fn ports(
        &mut self,
        file: &ContainerFile,
        host_network: bool,
        place: Place,
        ends: bool,
        seen: &mut Seen,
    ) -> Vec<ContainerPort> {
        let mut port_names: Vec<&str> = Vec::new();
        let mut ports = Vec::new();
        for (index, given) in file.ports.iter().enumerate() {
            let place = place.index(index);
            if given.container_port == 0 {
                self.error(place.key("containerPort").at(), "a port is 1 to 65535");
            }
            if let Some(name) = given.name.as_deref() {
                if let Err(why) = names::port_name(name) {
                    self.error_with(place.key("name").at(), format!("`{name}` cannot be the name of a port"), why);
                } else if port_names.contains(&name) {
                    self.error(place.key("name").at(), format!("a second port named `{name}`"));
                }
                port_names.push(name);
            }
            let mut host_port = given.host_port;
            if host_network {
                if host_port != 0 && host_port != given.container_port {
                    let message =
                        format!("with `hostNetwork` the host port is the container's, {}", given.container_port);
                    self.error_with(place.key("hostPort").at(), message, "leave `hostPort` out");
                }
                host_port = given.container_port;
            }
            if host_port == 0 {
                continue;
            }
            let protocol = given.protocol.unwrap_or(ProtocolFile::Tcp).name().to_owned();
            let host_ip = given.host_ip.clone().unwrap_or_default();
            let taken = (protocol.clone(), host_ip.clone(), host_port);
            // Init containers come one after the other and may use the same port.
            if !ends && seen.host_ports.contains(&taken) {
                let at =
                    if place.has("hostPort") { place.key("hostPort").at() } else { place.key("containerPort").at() };
                self.error(at, format!("a second use of port {host_port}/{protocol} of the node in this pod"));
            }
            if !ends {
                seen.host_ports.push(taken);
            }
            ports.push(ContainerPort { host_port, protocol, host_ip });
        }
        ports
    }
}

#[cfg(test)]
mod tests {
    use super::always_by_default;

    #[test]
    fn latest_is_always_fetched() {
        for image in ["nginx", "nginx:latest", "localhost:5000/nginx", "localhost:5000/a/b:latest"] {
            assert!(always_by_default(image), "{image}");
        }
        for image in ["nginx:1.27", "localhost:5000/nginx:1", "nginx@sha256:0123", "nginx:1@sha256:0123"] {
            assert!(!always_by_default(image), "{image}");
        }
    }
}
