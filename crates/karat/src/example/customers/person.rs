//! Who somebody is: the truth behind the records.

use super::address::Address;

/// A person, as they would describe themselves.
#[derive(Clone)]
pub struct Person {
    /// Distinct among all people.
    pub number: u64,
    pub woman: bool,
    pub given: String,
    pub middle: Option<char>,
    pub family: String,
    /// The surname until a day.
    pub former: Option<(String, i32)>,
    /// `Jr.`, `Sr.` or nothing.
    pub suffix: &'static str,
    /// Day of birth, from 2000-01-01.
    pub born: i32,
    pub email: Option<String>,
    pub work_email: Option<String>,
    /// Ten digits.
    pub phone: String,
    pub second_phone: Option<String>,
}

impl Person {
    /// The surname on a day.
    pub fn family_on(&self, day: i32) -> &str {
        match &self.former {
            Some((family, until)) if day < *until => family,
            _ => &self.family,
        }
    }
}

/// People with one address; most are alone.
pub struct Household {
    pub number: u64,
    pub people: Vec<Person>,
    /// The first address, and the next one.
    pub homes: [Address; 2],
    /// The day of the move from the first to the next.
    pub moved: Option<i32>,
    pub email: Option<String>,
    pub landline: Option<String>,
}

impl Household {
    /// Where they live on a day.
    pub fn home_on(&self, day: i32) -> &Address {
        &self.homes[usize::from(self.moved.is_some_and(|moved| day >= moved))]
    }
}
