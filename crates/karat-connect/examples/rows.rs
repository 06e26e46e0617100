//! How many rows per second a delimited file is read with: `rows FILE [TIMES]`.

#![expect(clippy::print_stdout, reason = "an example says what it measured")]

use std::path::PathBuf;
use std::time::Instant;

use karat_connect::csv::{Form, Settings, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("which file?")?);
    let times = arguments.next().map_or(Ok(5), |times| times.parse())?;
    for _ in 0..times {
        let since = Instant::now();
        let form = Form::find(&path, "file", &Settings::default())?;
        let mut reader = form.read(open(&path)?)?;
        let (mut rows, mut bytes) = (0, 0);
        while let Some(row) = reader.next_row()? {
            rows += 1;
            for at in 0..row.width() {
                bytes += row.field(at).ok().flatten().map_or(0, str::len);
            }
        }
        let took = since.elapsed().as_secs_f64();
        let speed = f64::from(rows) / took;
        println!("{rows} rows, {bytes} bytes of text in {took:.3} s: {speed:.0} rows/s");
    }
    Ok(())
}
