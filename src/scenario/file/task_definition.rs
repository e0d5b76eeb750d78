//! ECS task definitions in AWS's JSON shape, as `register-task-definition` takes and `describe-task-definition` gives them.
//!
//! Numbers may be written as text ("256"). Fields that cannot matter to placement or failure are accepted and ignored; a
//! field that would matter and has no effect here is named in a warning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A task definition (ECS API, RegisterTaskDefinition and TaskDefinition).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "task definition")]
pub struct TaskDefinitionFile {
    /// Its family, by which services name it.
    #[schemars(length(min = 1, max = 255))]
    pub family: String,
    /// Its containers, at most ten.
    #[schemars(length(min = 1, max = 10))]
    pub container_definitions: Vec<ContainerFile>,
    /// CPU units of the whole task, 128 to 196608, or vCPUs as text ("1 vCPU").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<NumberOrText>,
    /// Memory of the whole task in MiB, or GB as text ("1 GB").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<NumberOrText>,
    /// bridge (default), host, awsvpc or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<NetworkModeFile>,
    /// EC2, FARGATE, EXTERNAL. Everything runs on EC2 here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_compatibilities: Option<Vec<String>>,
    /// Operating system and processor that the task needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_platform: Option<RuntimePlatform>,
    /// Constraints of every task; only memberOf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<ConstraintFile>,
    /// Accepted, with a warning: GPUs are asked for by `resourceRequirements` of a container.
    #[serde(default, skip_serializing)]
    pub inference_accelerators: Option<Value>,
    /// Accepted, with a warning: storage is not modelled.
    #[serde(default, skip_serializing)]
    pub ephemeral_storage: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub task_role_arn: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub execution_role_arn: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub volumes: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub tags: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub pid_mode: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub ipc_mode: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub proxy_configuration: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub enable_fault_injection: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub revision: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub status: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub task_definition_arn: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub requires_attributes: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub compatibilities: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub registered_at: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub registered_by: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub deregistered_at: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub delete_requested_at: Option<Value>,
}

/// A whole number, or a text that holds one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "number", extend("x-what" = "a number, which may be written as text like \"256\""))]
pub enum NumberOrText {
    /// A number.
    Number(u32),
    /// A text.
    Text(String),
}

/// A container of a task definition (ECS API, ContainerDefinition).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "container definition")]
pub struct ContainerFile {
    /// Its name.
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
    /// Its image. Default: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// CPU units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<NumberOrText>,
    /// Hard memory limit in MiB: beyond it the container is killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<NumberOrText>,
    /// Soft memory limit in MiB: what placement reserves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<NumberOrText>,
    /// Whether its end ends the task. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub essential: Option<bool>,
    /// Ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub port_mappings: Vec<PortMapping>,
    /// Health check by Docker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheckFile>,
    /// Restart in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<RestartPolicyFile>,
    /// Seconds from SIGTERM to SIGKILL. Default: 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<NumberOrText>,
    /// GPUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_requirements: Vec<ResourceRequirement>,
    /// Accepted, with a warning: containers of a task start together here.
    #[serde(default, skip_serializing)]
    pub depends_on: Option<Value>,
    /// Accepted, with a warning: there is nothing to wait for.
    #[serde(default, skip_serializing)]
    pub start_timeout: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub repository_credentials: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub links: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub entry_point: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub command: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub environment: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub environment_files: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub mount_points: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub volumes_from: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub linux_parameters: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub secrets: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub version_consistency: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub hostname: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub user: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub working_directory: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub disable_networking: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub privileged: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub readonly_root_filesystem: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub dns_servers: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub dns_search_domains: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub extra_hosts: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub docker_security_options: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub interactive: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub pseudo_terminal: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub docker_labels: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub ulimits: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub log_configuration: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub system_controls: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub firelens_configuration: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub credential_specs: Option<Value>,
}

/// A port of a container (ECS API, PortMapping).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "port mapping")]
pub struct PortMapping {
    /// The container's port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_port: Option<NumberOrText>,
    /// The instance's port: 0 or none for a dynamic one, which never conflicts; in host mode the container's port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_port: Option<NumberOrText>,
    /// tcp (default) or udp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub name: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub app_protocol: Option<Value>,
    /// Accepted: of no effect on placement or failure here.
    #[serde(default, skip_serializing)]
    pub container_port_range: Option<Value>,
}

/// A transport protocol.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(title = "protocol")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A container health check (ECS API, HealthCheck).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "health check")]
pub struct HealthCheckFile {
    /// The command; what it does is up to the failure models.
    #[serde(default, skip_serializing)]
    pub command: Option<Value>,
    /// Seconds between checks, 5 to 300. Default: 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<NumberOrText>,
    /// Seconds until a check without an answer fails, 2 to 60. Default: 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<NumberOrText>,
    /// Failures in a row until UNHEALTHY, 1 to 10. Default: 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<NumberOrText>,
    /// Seconds after the start in which failures do not count, 0 to 300. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_period: Option<NumberOrText>,
}

/// A restart policy (ECS API, ContainerRestartPolicy).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "restart policy")]
pub struct RestartPolicyFile {
    /// Whether it is on.
    pub enabled: bool,
    /// Exit codes that are not restarted. A crash exits with 1, a kill for memory with 137.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub ignored_exit_codes: Vec<i32>,
    /// Seconds that a container must have run to be restarted, 60 to 1800. Default: 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_attempt_period: Option<NumberOrText>,
}

/// A resource beside CPU and memory (ECS API, ResourceRequirement).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "resource requirement")]
pub struct ResourceRequirement {
    /// GPU; InferenceAccelerator is accepted with a warning.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many.
    pub value: NumberOrText,
}

/// What a task runs on (ECS API, RuntimePlatform).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "runtime platform")]
pub struct RuntimePlatform {
    /// X86_64 or ARM64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<super::capacity::ArchFile>,
    /// LINUX, or a Windows Server edition such as WINDOWS_SERVER_2022_CORE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system_family: Option<String>,
}

/// A placement constraint (ECS API, PlacementConstraint).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "placement constraint")]
pub struct ConstraintFile {
    /// distinctInstance or memberOf.
    #[serde(rename = "type")]
    pub kind: ConstraintKind,
    /// With memberOf: an expression of the cluster query language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// A kind of placement constraint.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "placement constraint")]
pub enum ConstraintKind {
    /// Every task of the group on another instance.
    DistinctInstance,
    /// The instance matches the expression.
    MemberOf,
}

/// A network mode.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(title = "network mode")]
pub enum NetworkModeFile {
    /// Docker's bridge.
    Bridge,
    /// The instance's own network.
    Host,
    /// A network interface for each task.
    Awsvpc,
    /// No network.
    None,
}
