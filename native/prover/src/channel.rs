//! Channels: the few physical buses that carry all logical ones.
//!
//! Plonky3 folds two interactions of a row into one auxiliary column only if they share a bus, and all tuples of a
//! bus must have the same width. So a channel carries several logical buses. A tuple on a channel is the bus number
//! plus one, the fields of the message, and zeros up to the channel's width. The number separates the buses, and the
//! uniform width keeps the fingerprint injective.

/// Buses up to this width share the narrow channel. Wider buses share the wide channel, because padding costs a
/// multiplication per row and field.
const NARROW_WIDTH: usize = 4;

/// A physical bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub name: &'static str,
    /// Tuple width, including the bus number.
    pub width: usize,
}

/// The channels that a circuit needs, and the channel that carries each bus.
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
