//! Task definitions: what a task takes, and what of it has an effect.

use crate::base::time::Span;
use crate::scenario::file::Scenario;
use crate::scenario::file::capacity::ArchFile;
use crate::scenario::file::task_definition::{
    ContainerFile, HealthCheckFile, NetworkModeFile, NumberOrText, Protocol, RestartPolicyFile, TaskDefinitionFile,
};
use crate::scenario::source::path::Path;
use crate::world::ImageId;
use crate::world::catalog::Arch;
use crate::world::fleet::{
    Container, HealthCheck, HostPort, Image, NetworkMode, Os, Resources, RestartPolicy, TaskDefinition,
};

use super::Checker;

/// Ports that the agent keeps for itself (agent README).
const AGENT_PORTS: [u16; 5] = [22, 2375, 2376, 51678, 51679];

/// Image size where nobody says.
pub(super) const DEFAULT_IMAGE_MIB: f64 = 200.0;

impl Checker<'_> {
    pub(super) fn definitions(&mut self, scenario: &Scenario) {
        self.unique("taskDefinitions", "family", scenario.task_definitions.iter().map(|given| given.family.as_str()));
        for (place, given) in scenario.task_definitions.iter().enumerate() {
            let at = Path::root().key("taskDefinitions").index(place);
            let definition = self.definition(given, &at);
            self.fleet.definitions.push(definition);
        }
    }

    fn definition(&mut self, given: &TaskDefinitionFile, at: &Path) -> TaskDefinition {
        self.unheeded(given, at);
        let network = match given.network_mode {
            None | Some(NetworkModeFile::Bridge) => NetworkMode::Bridge,
            Some(NetworkModeFile::Host) => NetworkMode::Host,
            Some(NetworkModeFile::Awsvpc) => NetworkMode::Awsvpc,
            Some(NetworkModeFile::None) => NetworkMode::None,
        };
        let list = at.key("containerDefinitions");
        let mut names: Vec<&str> = Vec::new();
        let mut containers: Vec<Container> = Vec::new();
        let mut ports: Vec<HostPort> = Vec::new();
        let (mut cpu, mut memory, mut gpus, mut essential) = (0u32, 0u32, 0u32, 0u16);
        for (place, container) in given.container_definitions.iter().enumerate() {
            let at = list.index(place);
            if names.contains(&container.name.as_str()) {
                self.error(&at.key("name"), format!("a second container named `{}`", container.name), None);
            }
            names.push(&container.name);
            cpu = cpu.saturating_add(self.number(container.cpu.as_ref(), &at.key("cpu")).unwrap_or(0));
            memory = memory.saturating_add(self.container_memory(container, given, &at));
            gpus = gpus.saturating_add(self.gpus(container, &at));
            self.ports(container, network, &at, &mut ports);
            if container.essential != Some(false) {
                essential |= 1 << place;
            }
            let resolved = self.container(container, &at);
            containers.push(resolved);
        }
        if essential == 0 {
            let help = "leave `essential` out of one of them".to_owned();
            self.error(&list, "a task needs at least one essential container", Some(help));
        }
        if let Some(total) = self.cpu(given.cpu.as_ref(), &at.key("cpu")) {
            if !(128..=196_608).contains(&total) {
                self.error(&at.key("cpu"), format!("task cpu is 128 to 196608 units, found {total}"), None);
            } else if cpu > total {
                let message = format!("the containers' cpu adds up to {cpu}, more than the task's {total}");
                self.error(&at.key("cpu"), message, None);
            }
            cpu = total;
        }
        if let Some(total) = self.memory(given.memory.as_ref(), &at.key("memory")) {
            if memory > total {
                let message = format!("the containers reserve {memory} MiB, more than the task's {total} MiB");
                self.error(&at.key("memory"), message, None);
            }
            memory = total;
            // The task's memory is a hard limit on all of its containers together, so on each of them as well.
            for container in &mut containers {
                container.hard_limit = Some(container.hard_limit.map_or(total, |limit| limit.min(total)));
            }
        }
        let enis = u32::from(network == NetworkMode::Awsvpc);
        let (os, arch) = self.platform(given, at);
        ports.sort_unstable();
        TaskDefinition {
            family: given.family.clone(),
            need: Resources { cpu, memory, gpus, enis },
            ports,
            network,
            containers,
            essential,
            os,
            arch,
        }
    }

    /// Names what the definition asks for and the simulation does not do.
    fn unheeded(&mut self, given: &TaskDefinitionFile, at: &Path) {
        let family = &given.family;
        if let Some(asked) = &given.requires_compatibilities
            && !asked.iter().any(|name| name == "EC2")
        {
            let message = format!("task definition `{family}` asks for {}; it runs on EC2 here", asked.join(", "));
            self.warn(&at.key("requiresCompatibilities"), message);
        }
        for (field, there) in [
            ("inferenceAccelerators", given.inference_accelerators.is_some()),
            ("ephemeralStorage", given.ephemeral_storage.is_some()),
        ] {
            if there {
                self.warn(&at.key(field), format!("`{field}` of task definition `{family}` has no effect"));
            }
        }
        for (place, container) in given.container_definitions.iter().enumerate() {
            let at = at.key("containerDefinitions").index(place);
            if container.health_check.is_some() && container.essential == Some(false) {
                let name = &container.name;
                let message = format!(
                    "`healthCheck` of container `{name}` has no effect: only essential containers decide a task's health"
                );
                self.warn(&at.key("healthCheck"), message);
            }
            for (field, there) in
                [("dependsOn", container.depends_on.is_some()), ("startTimeout", container.start_timeout.is_some())]
            {
                if there {
                    let message =
                        format!("`{field}` of container `{}` has no effect: containers start together", container.name);
                    self.warn(&at.key(field), message);
                }
            }
        }
    }

    /// What placement reserves for a container: the soft limit, else the hard one.
    fn container_memory(&mut self, container: &ContainerFile, task: &TaskDefinitionFile, at: &Path) -> u32 {
        let hard = self.number(container.memory.as_ref(), &at.key("memory"));
        let soft = self.number(container.memory_reservation.as_ref(), &at.key("memoryReservation"));
        for (limit, field) in [(hard, "memory"), (soft, "memoryReservation")] {
            if limit.is_some_and(|limit| limit < 6) {
                self.error(&at.key(field), "a container's memory is at least 6 MiB", None);
            }
        }
        if let (Some(hard), Some(soft)) = (hard, soft)
            && hard <= soft
        {
            let message = format!("the hard limit ({hard} MiB) must exceed the soft limit ({soft} MiB)");
            self.error(&at.key("memory"), message, None);
        }
        if hard.is_none() && soft.is_none() && task.memory.is_none() {
            let help = "give `memory`, `memoryReservation`, or `memory` of the task".to_owned();
            self.error(at, format!("container `{}` has no memory limit of any kind", container.name), Some(help));
        }
        soft.filter(|soft| *soft > 0).or(hard).unwrap_or(0)
    }

    fn gpus(&mut self, container: &ContainerFile, at: &Path) -> u32 {
        let mut gpus = 0u32;
        for (place, wanted) in container.resource_requirements.iter().enumerate() {
            let at = at.key("resourceRequirements").index(place);
            match wanted.kind.as_str() {
                "GPU" => gpus = gpus.saturating_add(self.number(Some(&wanted.value), &at.key("value")).unwrap_or(0)),
                "InferenceAccelerator" => self.warn(&at, "inference accelerators have no effect"),
                other => {
                    self.error(&at.key("type"), format!("there is no resource `{other}`"), Some("use GPU".into()));
                }
            }
        }
        gpus
    }

    fn ports(&mut self, container: &ContainerFile, network: NetworkMode, at: &Path, ports: &mut Vec<HostPort>) {
        if network == NetworkMode::None && !container.port_mappings.is_empty() {
            let help = "leave `portMappings` out, or use another network mode".to_owned();
            self.error(&at.key("portMappings"), "a task of network mode `none` has no ports", Some(help));
        }
        for (place, mapping) in container.port_mappings.iter().enumerate() {
            let at = at.key("portMappings").index(place);
            let inside = self.number(mapping.container_port.as_ref(), &at.key("containerPort"));
            let outside = self.number(mapping.host_port.as_ref(), &at.key("hostPort"));
            for (port, field) in [(inside, "containerPort"), (outside, "hostPort")] {
                if port.is_some_and(|port| port > 65_535) {
                    self.error(&at.key(field), "a port is a number from 0 to 65535", None);
                }
            }
            if let (NetworkMode::Host | NetworkMode::Awsvpc, Some(inside), Some(outside)) = (network, inside, outside)
                && inside != outside
                && outside != 0
            {
                let mode = if network == NetworkMode::Host { "host" } else { "awsvpc" };
                let message = format!("in {mode} mode `hostPort` is left out or the same as `containerPort`");
                self.error(&at.key("hostPort"), message, None);
            }
            let port = match network {
                NetworkMode::Bridge => outside.unwrap_or(0),
                // In host mode there are no dynamic ports: the container's port is the host's.
                NetworkMode::Host => inside.or(outside).unwrap_or(0),
                NetworkMode::Awsvpc | NetworkMode::None => 0,
            };
            let Some(port) = u16::try_from(port).ok().filter(|port| *port > 0) else { continue };
            let port = HostPort { port, udp: mapping.protocol == Some(Protocol::Udp) };
            if AGENT_PORTS.contains(&port.port) && !port.udp {
                let message = format!("port {} of every instance is kept by the container agent", port.port);
                self.error(&at, message, Some("use another host port, or 0 for a dynamic one".into()));
            } else if ports.contains(&port) {
                let message = format!("host port {} is taken by another container of the same task", port.port);
                self.error(&at, message, Some("use 0 for a dynamic port".into()));
            } else {
                ports.push(port);
            }
        }
        if ports.len() > 100 {
            self.error(&at.key("portMappings"), "an instance has at most 100 static host ports", None);
        }
    }

    fn container(&mut self, given: &ContainerFile, at: &Path) -> Container {
        let image = self.image(given.image.as_deref().unwrap_or(&given.name));
        let stop = self.number(given.stop_timeout.as_ref(), &at.key("stopTimeout"));
        Container {
            name: given.name.clone(),
            image,
            health_check: given.health_check.as_ref().map(|check| self.health_check(check, &at.key("healthCheck"))),
            restart: given.restart_policy.as_ref().and_then(|policy| self.restart(policy, &at.key("restartPolicy"))),
            hard_limit: self.number(given.memory.as_ref(), &at.key("memory")),
            stop_timeout: stop.map(|seconds| Span::from_secs(seconds.into())),
        }
    }

    fn image(&mut self, name: &str) -> ImageId {
        let known = self.fleet.images.iter().find(|(_, image)| image.name == name).map(|(id, _)| id);
        match known {
            Some(id) => id,
            None => self.fleet.images.push(Image { name: name.to_owned(), size_mib: DEFAULT_IMAGE_MIB }),
        }
    }

    fn health_check(&mut self, given: &HealthCheckFile, at: &Path) -> HealthCheck {
        let mut seconds = |given: &Option<NumberOrText>, field: &str, low: u32, high: u32, default: u32| {
            let at = at.key(field);
            let value = self.number(given.as_ref(), &at).unwrap_or(default);
            if !(low..=high).contains(&value) {
                self.error(&at, format!("`{field}` is {low} to {high}, found {value}"), None);
            }
            value
        };
        let interval = seconds(&given.interval, "interval", 5, 300, 30);
        let timeout = seconds(&given.timeout, "timeout", 2, 60, 5);
        let retries = seconds(&given.retries, "retries", 1, 10, 3);
        let start_period = seconds(&given.start_period, "startPeriod", 0, 300, 0);
        HealthCheck {
            interval: Span::from_secs(interval.into()),
            timeout: Span::from_secs(timeout.into()),
            retries,
            start_period: Span::from_secs(start_period.into()),
        }
    }

    fn restart(&mut self, given: &RestartPolicyFile, at: &Path) -> Option<RestartPolicy> {
        let at = at.key("restartAttemptPeriod");
        let period = self.number(given.restart_attempt_period.as_ref(), &at).unwrap_or(300);
        if !(60..=1800).contains(&period) {
            // A model of something else than ECS may want it; ECS itself would refuse it.
            self.warn(
                &at,
                format!("ECS takes a restartAttemptPeriod of 60 to 1800 s; {period} s is simulated all the same"),
            );
        }
        given.enabled.then(|| RestartPolicy {
            attempt_period: Span::from_secs(period.into()),
            ignores_success: given.ignored_exit_codes.contains(&0),
            ignores_crash: given.ignored_exit_codes.contains(&1),
            ignores_oom: given.ignored_exit_codes.contains(&137),
        })
    }

    fn platform(&mut self, given: &TaskDefinitionFile, at: &Path) -> (Option<Os>, Option<Arch>) {
        let Some(platform) = &given.runtime_platform else { return (None, None) };
        let at = at.key("runtimePlatform").key("operatingSystemFamily");
        let os = match platform.operating_system_family.as_deref() {
            None => None,
            Some("LINUX") => Some(Os::Linux),
            Some(name) if name.starts_with("WINDOWS_SERVER") => Some(Os::Windows),
            Some(name) => {
                let help = "use LINUX, or a Windows Server edition such as WINDOWS_SERVER_2022_CORE".to_owned();
                self.error(&at, format!("there is no operating system family `{name}`"), Some(help));
                None
            }
        };
        let arch = platform.cpu_architecture.map(|arch| match arch {
            ArchFile::X86 => Arch::X86_64,
            ArchFile::Arm => Arch::Arm64,
        });
        (os, arch)
    }

    /// A whole number that may be written as text.
    pub(super) fn number(&mut self, given: Option<&NumberOrText>, at: &Path) -> Option<u32> {
        match given? {
            NumberOrText::Number(number) => Some(*number),
            NumberOrText::Text(text) => match text.trim().parse() {
                Ok(number) => Some(number),
                Err(_) => {
                    self.error(at, format!("expected a whole number, found `{text}`"), None);
                    None
                }
            },
        }
    }

    /// CPU units, or vCPUs as text ("1 vCPU", ".5 vcpu").
    fn cpu(&mut self, given: Option<&NumberOrText>, at: &Path) -> Option<u32> {
        self.scaled(given, at, &["vcpu"], 1024.0)
    }

    /// MiB, or GB as text ("1 GB"), which is 1024 MiB here as in ECS.
    fn memory(&mut self, given: Option<&NumberOrText>, at: &Path) -> Option<u32> {
        self.scaled(given, at, &["gb", "gib"], 1024.0)
    }

    fn scaled(&mut self, given: Option<&NumberOrText>, at: &Path, units: &[&str], factor: f64) -> Option<u32> {
        if let Some(NumberOrText::Text(text)) = given {
            let lower = text.trim().to_ascii_lowercase();
            let number =
                units.iter().find_map(|unit| lower.strip_suffix(unit)).and_then(|text| text.trim().parse::<f64>().ok());
            if let Some(number) = number
                && (0.0..1e6).contains(&number)
            {
                return Some((number * factor).round() as u32);
            }
        }
        self.number(given, at)
    }
}
