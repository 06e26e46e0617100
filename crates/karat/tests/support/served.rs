//! A server that a test has started.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::project::Project;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// `karat serve` on a port of its own, until it is dropped.
pub struct Served {
    child: Child,
    /// Host and port.
    pub host: String,
    /// The path of the link that makes the first admin.
    pub first_link: Option<String>,
}

impl Served {
    pub fn start(project: &Project, options: &[&str]) -> Served {
        // What others type says nothing of where it listens.
        let port = if options.contains(&"--public") { free_port() } else { 0 };
        let listen = format!("127.0.0.1:{port}");
        let mut command = project.command(&[&["serve", "--listen", &listen], options].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().map(Result::unwrap);
        let serving = loop {
            match line() {
                Some(line) if line.contains("serving http") => break line,
                Some(_) => {}
                None => {
                    let mut said = String::new();
                    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                    panic!("it does not serve: {said}");
                }
            }
        };
        let host = match port {
            0 => serving.split("http://").nth(1).unwrap().split(';').next().unwrap().to_owned(),
            _ => listen,
        };
        let mut served = Served { child, host, first_link: None };
        let nobody = project.db.sql("select count(*) from karat.account") == "0";
        if nobody || options.contains(&"--invite-admin") {
            let told = line().unwrap();
            assert!(told.contains("this link makes an admin"), "{told}");
            let link = line().unwrap();
            let path = link.split_once("/welcome/").unwrap().1;
            served.first_link = Some(format!("/welcome/{path}"));
        }
        served
    }

    /// Ends the server as a person does, and waits for it.
    pub fn end(mut self) {
        let pid = self.child.id().to_string();
        std::process::Command::new("kill").arg(&pid).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port of this machine on which nobody listens now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
