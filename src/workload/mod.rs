//! How demand arrives. Services want a constant number of tasks; batches of standalone tasks arrive over time.

pub mod run_task;
