//! Tables of made-up records, the same in every run, and what people do to them before they send
//! them: other headers, other orders, columns more or less.

/// A header and rows.
pub type Table = Vec<Vec<String>>;

/// Numbers that look random: the `n`th of a seed.
fn dice(seed: u64, n: u64, sides: u64) -> u64 {
    let mut bits = (seed << 32 | n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits ^ bits >> 32) % sides
}

fn table(header: &str, rows: u64, row: impl Fn(u64) -> Vec<String>) -> Table {
    let header = header.split(',').map(str::to_owned).collect();
    [header].into_iter().chain((1..=rows).map(row)).collect()
}

fn one_of(seed: u64, n: u64, texts: &[&str]) -> String {
    texts[dice(seed, n, texts.len() as u64) as usize].to_owned()
}

fn day(seed: u64, n: u64) -> String {
    format!("{}-{:02}-{:02}", 2020 + n % 5, 1 + dice(seed, n, 12), 1 + dice(seed + 1, n, 28))
}

fn time(seed: u64, n: u64) -> String {
    let clock = format!("{:02}:{:02}:00", dice(seed, n, 24), 1 + dice(seed + 2, n, 59));
    format!("{} {clock}", day(seed, n))
}

fn decimal(seed: u64, n: u64, to: u64) -> String {
    format!("{}.{:02}", dice(seed, n, to), 1 + dice(seed + 3, n, 99))
}

fn person(n: u64) -> String {
    let given = one_of(5, n, &["Ann", "Bob", "Cid", "Dana", "Eve", "Finn", "Gül", "Hana"]);
    format!("{given} {}", one_of(6, n, &["Adams", "Baker", "Çelik", "Diaz", "Evans", "Fox"]))
}

fn email(n: u64) -> String {
    format!("{}.{n}@example.org", one_of(5, n, &["ann", "bob", "cid", "dana"]))
}

fn phone(n: u64) -> String {
    format!("({}) 555-{:04}", 201 + dice(7, n, 99), 100 + dice(8, n, 900))
}

const PLACES: [&str; 5] = ["Austin", "Boston", "Chicago", "Denver", "El Paso"];

pub fn readings(rows: u64, seed: u64) -> Table {
    table("Station_ID,Date_Time,PCode,Result,Unit,Flag", rows, |n| {
        let station = format!("ST-{:03}", dice(seed, n, 40));
        let code = one_of(seed + 4, n, &["PM25", "PM10", "NO2", "O3"]);
        let flag = one_of(seed + 5, n, &["", "", "V", "I"]);
        vec![station, time(seed, n), code, decimal(seed, n, 90), "ug/m3".to_owned(), flag]
    })
}

pub fn stations(rows: u64) -> Table {
    table("station_id,name,latitude,longitude,opened", rows, |n| {
        let place = format!("{} {n}", one_of(1, n, &PLACES));
        let north = format!("{}.{:04}", 30 + dice(2, n, 15), dice(3, n, 9999));
        vec![format!("ST-{n:03}"), place, north, format!("-9{}.5", dice(4, n, 9)), day(9, n)]
    })
}

pub fn customers(rows: u64) -> Table {
    table("customer_id,full_name,email,phone,city,created", rows, |n| {
        vec![format!("C{n}"), person(n), email(n), phone(n), one_of(1, n, &PLACES), day(11, n)]
    })
}

pub fn orders(rows: u64) -> Table {
    table("order_id,customer_id,order_date,amount,status", rows, |n| {
        let status = one_of(12, n, &["open", "paid", "shipped"]);
        vec![
            format!("O{n}"),
            format!("C{}", dice(1, n, 50)),
            day(13, n),
            decimal(14, n, 900),
            status,
        ]
    })
}

pub fn products(rows: u64) -> Table {
    table("sku,title,price,stock", rows, |n| {
        let title = one_of(15, n, &["Lamp", "Desk", "Chair", "Shelf"]);
        vec![format!("SKU-{n}"), title, decimal(16, n, 300), dice(17, n, 500).to_string()]
    })
}

pub fn invoices(rows: u64) -> Table {
    table("Rechnungsnummer,Rechnungsdatum,Betrag,Kunde", rows, |n| {
        let date = format!("{}.{}.{}", 13 + dice(18, n, 15), 1 + dice(19, n, 12), 2020 + n % 5);
        let amount = format!("{}.{:03},{:02}", 1 + dice(20, n, 9), dice(21, n, 999), n % 100);
        vec![format!("R-{n}"), date, amount, person(n)]
    })
}

pub fn staff(rows: u64) -> Table {
    table("employee_id,name,email,hired,salary", rows, |n| {
        let pay = (30_000 + 100 * dice(22, n, 500)).to_string();
        vec![format!("E{n}"), person(n), email(n), day(23, n), pay]
    })
}

pub fn devices(rows: u64) -> Table {
    table("serial,model,firmware,installed_on,battery", rows, |n| {
        let version = format!("{}.{}.{}", dice(24, n, 3), dice(25, n, 9), dice(26, n, 20));
        vec![
            format!("D{n:05}X"),
            one_of(27, n, &["A1", "B2"]),
            version,
            day(28, n),
            decimal(29, n, 99),
        ]
    })
}

pub fn meters_daily(rows: u64) -> Table {
    table("meter,at,value", rows, |n| {
        vec![format!("M{}", dice(30, n, 9)), day(31, n), dice(32, n, 900).to_string()]
    })
}

pub fn meters_raw(rows: u64) -> Table {
    table("meter,at,value", rows, |n| {
        vec![format!("M{}", dice(30, n, 9)), time(31, n), decimal(32, n, 900)]
    })
}

pub fn survey_scores(rows: u64) -> Table {
    table("respondent,question,answer", rows, |n| {
        vec![format!("P{n}"), one_of(33, n, &["Q1", "Q2", "Q3"]), (1 + dice(34, n, 10)).to_string()]
    })
}

pub fn survey_texts(rows: u64) -> Table {
    table("respondent,question,answer", rows, |n| {
        let answer = one_of(35, n, &["fine", "too loud", "no idea", "10 of 10"]);
        vec![format!("P{n}"), one_of(33, n, &["Q1", "Q2", "Q3"]), answer]
    })
}

// --- What belongs to no dataset ------------------------------------------------------------------

pub fn sales_ledger(rows: u64) -> Table {
    table("OrderDate,Region,Rep,Item,Units,Unit Cost,Total", rows, |n| {
        let region = one_of(36, n, &["East", "West", "Central"]);
        let item = one_of(37, n, &["Pencil", "Binder", "Pen", "Desk"]);
        let units = dice(38, n, 90).to_string();
        vec![day(39, n), region, person(n), item, units, decimal(40, n, 20), decimal(41, n, 999)]
    })
}

pub fn agent_list(rows: u64) -> Table {
    table("id,name,email,phone,office,license", rows, |n| {
        let license = format!("{:07}", dice(42, n, 9_999_999));
        vec![n.to_string(), person(n), email(n), phone(n), one_of(1, n, &PLACES), license]
    })
}

pub fn lists(header: &str, rows: u64) -> Table {
    let width = header.split(',').count();
    table(header, rows, |n| (0..width as u64).map(|at| format!("x{}", dice(at, n, 99))).collect())
}

pub fn numbers(header: &str, rows: u64) -> Table {
    let width = header.split(',').count();
    table(header, rows, |n| (0..width as u64).map(|at| decimal(at, n, 99)).collect())
}

// --- What people do to a table ---------------------------------------------------------------------

/// With another header.
pub fn headed(mut table: Table, header: &str) -> Table {
    table[0] = header.split(',').map(str::to_owned).collect();
    table
}

/// With its header changed.
pub fn renamed(mut table: Table, change: impl Fn(&str) -> String) -> Table {
    table[0] = table[0].iter().map(|name| change(name)).collect();
    table
}

/// With columns in that order; those not named go.
pub fn only(table: Table, columns: &[usize]) -> Table {
    table.into_iter().map(|row| columns.iter().map(|at| row[*at].clone()).collect()).collect()
}

/// With more columns behind it.
pub fn with(table: Table, more: Table) -> Table {
    table.into_iter().zip(more).map(|(row, more)| [row, more].concat()).collect()
}

/// With every `each`th value of a column replaced.
pub fn spoilt(mut table: Table, column: usize, each: usize, text: &str) -> Table {
    table.iter_mut().skip(1).step_by(each).for_each(|row| text.clone_into(&mut row[column]));
    table
}

/// As delimited text.
pub fn csv(table: &Table, delimiter: char) -> String {
    let cell = |text: &String| match text.contains([delimiter, '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    let line = |row: &Vec<String>| {
        row.iter().map(cell).collect::<Vec<_>>().join(&delimiter.to_string()) + "\n"
    };
    table.iter().map(line).collect()
}

/// As JSON Lines, all values texts.
pub fn json_lines(table: &Table) -> String {
    let line = |row: &Vec<String>| {
        let pairs =
            table[0].iter().zip(row).map(|(name, text)| (name.clone(), text.clone().into()));
        serde_json::Value::Object(pairs.collect()).to_string() + "\n"
    };
    table[1..].iter().map(line).collect()
}
