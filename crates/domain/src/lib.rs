//! The rules of Throughline: what an agency's record says, how records become one picture, and who may
//! see it. Pure: no input or output, no clock, no global. Time and configuration come in as arguments.

pub mod fact;
pub mod identifier;
pub mod ids;
pub mod looks;
pub mod next_family;
pub mod picture;
pub mod record;
pub mod release;
pub mod request;
pub mod risk;
pub mod sharing;
pub mod staff;
pub mod when;
pub mod work;
