//! Where a pod goes: kube-scheduler v1.34.1, its default plugins, arguments and arithmetic.
//!
//! [`plain`] is the rule as it is written. [`Scheduler`] keeps the nodes and pods, answers from what it has counted already where it
//! can, and decides as [`plain`] does.

mod fast;
pub mod filter;
pub mod placer;
pub mod plain;
pub mod plugin;
pub mod preempt;
pub mod profile;
pub mod reason;
pub mod sampling;
pub mod scheduler;
pub mod score;
pub mod snapshot;
pub mod tie;

pub use placer::KubePlacer;
pub use plain::Pending;
pub use preempt::{Allowance, Attempt, Candidate};
pub use profile::Profile;
pub use reason::{Reason, ReasonClass, Unfit};
pub use scheduler::{Decision, Evaluation, Scheduler};
pub use snapshot::{NodeIndex, PodKey, TemplateId};
pub use tie::Tie;
