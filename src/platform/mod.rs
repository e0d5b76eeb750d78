//! The orchestrators and what they stand on: each reacts to what it is told, after the delay that telling takes.
//!
//! [`ec2`] is EC2 and Auto Scaling, [`load_balancer`] an Application Load Balancer, [`ecs`] Amazon ECS on EC2.

pub mod ec2;
pub mod ecs;
pub mod load_balancer;
pub mod timings;
