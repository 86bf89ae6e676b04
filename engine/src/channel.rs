//! Channels: the few physical buses that carry all logical ones.
//!
//! Plonky3 folds two interactions of a row into one auxiliary column only when they share a bus, and all tuples of
//! a bus must have one width. So every logical bus rides on a channel: its tuple is the bus number plus one, its
//! fields, and zeros up to the channel's width. The number separates the buses; the uniform width keeps the
//! fingerprint injective.

/// Buses up to this width share the narrow channel: padding costs a multiplication per row and field.
const NARROW_WIDTH: usize = 4;

/// A physical bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub name: &'static str,
    /// Tuple width, the bus number included.
    pub width: usize,
}

/// The channels that a circuit needs, and for each bus the channel that carries it.
pub fn channels(bus_widths: &[usize]) -> (Vec<Channel>, Vec<usize>) {
    let mut channels: Vec<Channel> = Vec::new();
    let mut channel_of_bus = vec![0; bus_widths.len()];
    for (name, carries) in [
        ("narrow", &(|width| width <= NARROW_WIDTH) as &dyn Fn(usize) -> bool),
        ("wide", &|width| width > NARROW_WIDTH),
    ] {
        let members: Vec<usize> = (0..bus_widths.len()).filter(|&bus| carries(bus_widths[bus])).collect();
        let Some(widest) = members.iter().map(|&bus| bus_widths[bus]).max() else {
            continue;
        };
        for bus in members {
            channel_of_bus[bus] = channels.len();
        }
        channels.push(Channel { name, width: widest + 1 });
    }
    (channels, channel_of_bus)
}
