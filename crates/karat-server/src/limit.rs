//! How often one address may ask for what nobody has to be signed in for.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::failure::Failure;

/// Addresses that are known before those are forgotten that may ask as if they never had.
const KNOWN: usize = 10_000;

/// So many turns at once, and a new one after each `every`.
pub struct Limit {
    at_once: u32,
    every: Duration,
    /// From when on an address has all of its turns again.
    rested: Mutex<HashMap<IpAddr, Instant>>,
}

impl Limit {
    pub fn new(at_once: u32, every: Duration) -> Limit {
        Limit { at_once, every, rested: Mutex::default() }
    }

    /// Takes a turn, or says after how long there is one.
    fn turn(&self, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let client = network(client);
        let mut rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        if rested.len() >= KNOWN {
            rested.retain(|_, rested| *rested > now);
        }
        let from = rested.get(&client).map_or(now, |rested| now.max(*rested));
        let wait = (from + self.every) - now;
        let most = self.every * self.at_once;
        if wait > most {
            return Err(wait - most);
        }
        rested.insert(client, from + self.every);
        Ok(())
    }
}

/// Whoever has one address of version 6 has all of its network.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        short => short,
    }
}

/// Those who want to come in: by a password, or by a link that lets them in.
pub async fn entering(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    attempted(&app, request.extensions(), request.headers())?;
    Ok(next.run(request).await)
}

/// Those who fetch files by links.
pub async fn fetching(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let client = app.client(request.extensions(), request.headers());
    limited(&app.fetching, client)?;
    Ok(next.run(request).await)
}

/// Counts an attempt to come in.
pub fn attempted(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Result<(), Failure> {
    limited(&app.entering, app.client(extensions, headers))
}

fn limited(limit: &Limit, client: IpAddr) -> Result<(), Failure> {
    limit.turn(client, Instant::now()).map_err(Failure::TooMany)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn turns_run_out_and_come_back_one_by_one() {
        let limit = Limit::new(3, Duration::from_secs(10));
        let (client, other) = (address("192.0.2.1"), address("192.0.2.2"));
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        for _ in 0..3 {
            assert_eq!(limit.turn(client, at(0)), Ok(()));
        }
        assert_eq!(limit.turn(client, at(0)), Err(Duration::from_secs(10)));
        assert_eq!(limit.turn(client, at(4)), Err(Duration::from_secs(6)), "asking costs nothing");
        assert_eq!(limit.turn(other, at(4)), Ok(()));
        assert_eq!(limit.turn(client, at(10)), Ok(()));
        assert_eq!(limit.turn(client, at(10)), Err(Duration::from_secs(10)));
        for _ in 0..3 {
            assert_eq!(limit.turn(client, at(1000)), Ok(()));
        }
        assert!(limit.turn(client, at(1000)).is_err(), "no more than at once, however long ago");
    }

    #[test]
    fn a_network_is_one_client_and_an_address_in_two_forms_too() {
        let limit = Limit::new(1, Duration::from_secs(10));
        let now = Instant::now();
        assert_eq!(limit.turn(address("2001:db8::1"), now), Ok(()));
        assert!(limit.turn(address("2001:db8::ffff:2"), now).is_err());
        assert_eq!(limit.turn(address("2001:db8:0:1::1"), now), Ok(()));
        assert_eq!(limit.turn(address("192.0.2.1"), now), Ok(()));
        assert!(limit.turn(address("::ffff:192.0.2.1"), now).is_err());
    }

    #[test]
    fn who_rested_is_forgotten() {
        let limit = Limit::new(1, Duration::from_secs(1));
        let begin = Instant::now();
        for n in 0..KNOWN as u32 {
            limit.turn(IpAddr::from(n.to_be_bytes()), begin).unwrap();
        }
        let later = begin + Duration::from_secs(2);
        limit.turn(address("192.0.2.1"), later).unwrap();
        assert_eq!(limit.rested.lock().unwrap().len(), 1);
    }
}
