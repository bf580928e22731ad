//! The normal law, from the library that is well kept: below, above, and which value has so much below it.

use statrs::function::erf::{erfc, erfc_inv};

/// P(Z > z).
pub fn above(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// The z with P(Z < z) = `share`, for a share between 0 and 1.
pub fn with_below(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}
