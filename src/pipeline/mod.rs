//! Wires the stages together; the only home of rayon.
