//! What fails. Each model is a file behind one trait, registered by one line of `registry!`.
//!
//! A model says what *is*: a process ended, a host is down, a zone cannot be reached. It never tells an orchestrator: that
//! learns of it when its own detection delay is over.
//!
//! Three clocks drive the models: [`containers`] (each container ages from its start), [`instances`] (each host ages from
//! its boot) and [`episodes`] (outages of zones, groups and the region alternate with quiet times). Each also takes
//! scheduled times.

mod agent_disconnect;
mod build;
mod container_crash;
mod container_hang;
mod containers;
mod control_plane_outage;
mod correlated_group;
mod episodes;
mod image_registry_outage;
mod instance_failure;
mod instance_hang;
mod instance_reboot;
mod instance_retirement;
mod instances;
mod out_of_memory;
mod permission_revoked;
mod target;
mod trace;
mod zone_outage;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::distribution::Spec;
use crate::base::units::Duration;
use crate::world::actor::Actor;

pub use build::Build;
pub use target::TargetSpec;

/// One time or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(extend("x-what" = "a time like 2d, or a list of times"))]
pub enum Times {
    /// Once.
    One(Duration),
    /// Several times.
    Many(Vec<Duration>),
}

impl Times {
    fn list(&self) -> Vec<Duration> {
        match self {
            Times::One(time) => vec![*time],
            Times::Many(times) => times.clone(),
        }
    }
}

/// Declares the settings of a model: its own fields beside those that every model has.
macro_rules! settings {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub struct $name {
            /// What tables and charts call it; by default its type.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub name: Option<String>,
            /// Strikes at random: the time from a start (of the container, of the instance, of the quiet time) to the
            /// failure. Give this or `at`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub every: Option<$crate::base::distribution::Spec>,
            /// Strikes at these times after the start of the run. Give this or `every`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub at: Option<$crate::failure::Times>,
            /// What it may strike; everything where left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub target: Option<$crate::failure::TargetSpec>,
            $($(#[$field_doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $field: Option<$kind>,)*
        }
    };
}
use settings;

/// Declares the models: the `type` in a scenario file, the settings, and a sentence.
macro_rules! registry {
    ($($module:ident :: $settings:ident = $tag:literal, $summary:literal;)+) => {
        /// A failure model as a scenario file gives it: `type` and the settings of that type.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "type")]
        pub enum Failure {
            $(#[doc = $summary] #[serde(rename = $tag)] $settings($module::$settings),)+
        }

        /// Every model that there is: its `type` and a sentence.
        pub const REGISTRY: &[(&str, &str)] = &[$(($tag, $summary),)+];

        impl Failure {
            /// The `type`.
            pub fn type_name(&self) -> &'static str {
                match self { $(Failure::$settings(_) => $tag,)+ }
            }

            /// What tables and charts call it.
            pub fn name(&self) -> &str {
                match self { $(Failure::$settings(given) => given.name.as_deref().unwrap_or($tag),)+ }
            }

            /// The actor that does it; `None` after problems were reported.
            pub fn build(&self, build: &mut Build<'_>) -> Option<Box<dyn Actor>> {
                match self { $(Failure::$settings(given) => $module::build(given, build),)+ }
            }

            /// The settings that every model has.
            pub fn common(&self) -> Common<'_> {
                match self { $(Failure::$settings(given) => Common {
                    every: given.every.as_ref(), at: given.at.as_ref(), target: given.target.as_ref(),
                },)+ }
            }
        }
    };
}

registry! {
    container_crash::ContainerCrash = "containerCrash", "A container's process ends by itself.";
    out_of_memory::OutOfMemory = "outOfMemory", "A container uses more memory than its hard limit and is killed.";
    container_hang::ContainerHang = "containerHang", "A container stops answering; only a health check sees it.";
    instance_failure::InstanceFailure = "instanceFailure", "An instance is lost and will not come back.";
    instance_reboot::InstanceReboot = "instanceReboot", "An instance goes down and boots again; its containers are dead.";
    agent_disconnect::AgentDisconnect = "agentDisconnect", "The container agent loses its connection; the host serves on, and ECS places nothing there.";
    instance_hang::InstanceHang = "instanceHang", "An instance's operating system hangs: nothing on it answers.";
    instance_retirement::InstanceRetirement = "instanceRetirement", "An instance is retired with notice: drained, then replaced.";
    correlated_group::CorrelatedGroup = "correlatedGroup", "A rack or partition fails: a fixed group of instances at once.";
    zone_outage::ZoneOutage = "zoneOutage", "An Availability Zone loses power or network, as a whole or in part.";
    control_plane_outage::ControlPlaneOutage = "controlPlaneOutage", "Nothing is placed, launched or replaced; what runs runs on.";
    image_registry_outage::ImageRegistryOutage = "imageRegistryOutage", "Images cannot be pulled; cached ones still start.";
    permission_revoked::PermissionRevoked = "permissionRevoked", "The task execution role loses its permission: new tasks fail to start.";
    trace::Trace = "trace", "Failures read from a CSV file.";
}

/// The settings that every model has.
#[derive(Copy, Clone, Debug)]
pub struct Common<'a> {
    /// Strikes at random.
    pub every: Option<&'a Spec>,
    /// Strikes at these times.
    pub at: Option<&'a Times>,
    /// What it may strike.
    pub target: Option<&'a TargetSpec>,
}
