//! Colours that people with any kind of colour vision tell apart.
//!
//! The eight are those of Okabe and Ito, with grey in the place of black; the darker ones are from Paul Tol's muted set.

use crate::world::service::Loss;

/// A colour, and how much of what lies below it is covered.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) struct Ink {
    pub(super) rgb: (u8, u8, u8),
    /// From 0 to 1.
    pub(super) alpha: f64,
}

impl Ink {
    const fn solid(r: u8, g: u8, b: u8) -> Ink {
        Ink { rgb: (r, g, b), alpha: 1.0 }
    }

    pub(super) const fn alpha(self, alpha: f64) -> Ink {
        Ink { alpha, ..self }
    }

    pub(super) const WHITE: Ink = Ink::solid(255, 255, 255);
    pub(super) const TEXT: Ink = Ink::solid(34, 34, 34);
    pub(super) const FAINT: Ink = Ink::solid(95, 95, 95);
    pub(super) const AXIS: Ink = Ink::solid(120, 120, 120);
    pub(super) const GRID: Ink = Ink::solid(228, 228, 228);
    pub(super) const PALE: Ink = Ink::solid(246, 246, 246);

    pub(super) const BLUE: Ink = Ink::solid(0, 114, 178);
    pub(super) const ORANGE: Ink = Ink::solid(230, 159, 0);
    pub(super) const GREEN: Ink = Ink::solid(0, 158, 115);
    pub(super) const VERMILION: Ink = Ink::solid(213, 94, 0);
    pub(super) const PURPLE: Ink = Ink::solid(204, 121, 167);
    pub(super) const SKY: Ink = Ink::solid(86, 180, 233);
    pub(super) const YELLOW: Ink = Ink::solid(240, 228, 66);
    pub(super) const GREY: Ink = Ink::solid(140, 140, 140);
    const WINE: Ink = Ink::solid(136, 34, 85);
    const OLIVE: Ink = Ink::solid(153, 153, 51);
    const INDIGO: Ink = Ink::solid(51, 34, 136);
    const SAND: Ink = Ink::solid(221, 204, 119);

    /// Whether white text reads better on it than black.
    pub(super) fn is_dark(self) -> bool {
        let (r, g, b) = self.rgb;
        // Perceived brightness, in thousandths.
        299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b) < 140_000
    }
}

/// Colours of things without an order, such as services.
pub(super) const SET: [Ink; 8] =
    [Ink::BLUE, Ink::ORANGE, Ink::GREEN, Ink::VERMILION, Ink::PURPLE, Ink::SKY, Ink::YELLOW, Ink::GREY];

/// The colour of a phase of recovery, by its name in files, the same in every chart; what is no phase is grey.
pub(super) fn phase(name: &str) -> Ink {
    Loss::of(name).map_or(Ink::GREY, |loss| match loss {
        Loss::Undetected => Ink::VERMILION,
        Loss::Reacting => Ink::ORANGE,
        Loss::WaitingForInstance => Ink::BLUE,
        Loss::WaitingForCapacity => Ink::INDIGO,
        Loss::Constraint => Ink::WINE,
        Loss::ControlPlane => Ink::OLIVE,
        Loss::Throttled => Ink::SAND,
        Loss::DeploymentBounds => Ink::PURPLE,
        Loss::Provisioning => Ink::YELLOW,
        Loss::Pulling => Ink::SKY,
        Loss::Starting => Ink::GREEN,
        Loss::Activating => Ink::solid(170, 215, 190),
    })
}
