//! TLS without a proxy.

use std::process::Command;

use crate::people;
use crate::served::Served;

/// What `curl` is told, headers and all; nothing where it does not trust the other end.
fn curl(arguments: &[&str]) -> Option<String> {
    let output = Command::new("curl").args(["-si", "--max-time", "60"]).args(arguments).output();
    let output = output.expect("curl is there: scripts/setup installs it");
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_server_with_a_certificate_speaks_tls_and_nothing_else() {
    let project = people();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    project.write("cert.pem", made.cert.pem());
    project.write("key.pem", made.signing_key.serialize_pem());
    let wrong = ["serve", "--tls-cert", "karat.toml", "--tls-key", "key.pem", "--no-work"];
    let said = project.ends(2, &wrong);
    assert!(said.contains("karat.toml: there is no certificate in it"), "{said}");
    let with = ["--no-work", "--tls-cert", "cert.pem", "--tls-key", "key.pem"];
    let served = Served::start(&project, &[&with[..], &["--public", "https://127.0.0.1"]].concat());
    let url = format!("https://{}/sign-in", served.host);
    let trusted = project.path("cert.pem").display().to_string();
    let told = curl(&["--cacert", &trusted, &url]).unwrap();
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(told.to_lowercase().contains("strict-transport-security: max-age=63072000"), "{told}");
    assert_eq!(curl(&[&url]), None, "nobody known has signed it");
    let plain = curl(&[&url.replace("https", "http")]);
    assert!(plain.is_none_or(|told| !told.contains("200")), "it answers without TLS");
}
