//! Reads a Splink model file and writes it again, as an export does.
//!
//! Usage: export_model MODEL.json > EXPORTED.json

#![expect(clippy::print_stdout, reason = "a program that prints its result")]

use karat_resolve::linkage::splink;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: export_model MODEL.json")?;
    let read = splink::read(&std::fs::read_to_string(path)?)?;
    print!("{}", splink::write(&read.model, &read.settings));
    Ok(())
}
