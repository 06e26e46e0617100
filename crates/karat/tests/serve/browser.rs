//! A browser without eyes: asks a server that a test has started, keeps its cookie, follows nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::served::{PASSWORD, Served};

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Somebody in front of a browser.
#[derive(Clone)]
pub struct Browser {
    host: String,
    /// Name and value.
    pub cookie: Option<String>,
}

impl Browser {
    /// The first admin, called Eve, signed in.
    pub fn eve(served: &Served) -> Browser {
        let mut eve = Browser::new(served);
        let link = served.first_link.as_deref().unwrap();
        let entered = eve.post(link, &[("name", "Eve"), ("password", PASSWORD)]);
        assert_eq!((entered.status, entered.header("location")), (303, Some("/")), "{entered:?}");
        eve
    }

    pub fn new(served: &Served) -> Browser {
        Browser { host: served.host.clone(), cookie: None }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, "")
    }

    /// The page at a path, which has to be there.
    pub fn page(&mut self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }

    /// Sends a form, as a page of the server does.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.host);
        self.post_from(&origin, path, fields)
    }

    pub fn post_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encode(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        self.ask("POST", path, &[("origin", origin)], &form)
    }

    /// Hands over a file.
    pub fn upload(&mut self, name: &str, bytes: &[u8]) -> Answer {
        let boundary = "-----karat-test";
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: text/csv\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        let origin = format!("http://{}", self.host);
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.send("POST", "/uploads", &[("origin", &origin), ("content-type", &kind)], &body)
    }

    /// Begins to hand over a file, and goes away in its midst.
    pub fn upload_half(&mut self, bytes: &[u8]) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let cookie = self.cookie.as_deref().unwrap();
        let head = format!(
            "POST /uploads HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {cookie}\r\n\
             content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000000\r\n\r\n\
             --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n",
            self.host
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(bytes).unwrap();
    }

    /// Asks with any method and headers.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(method, path, &[headers, &[kind]].concat(), form.as_bytes())
    }

    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut asked = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        asked += &format!("connection: close\r\ncontent-length: {}\r\n", body.len());
        if let Some(cookie) = &self.cookie {
            asked += &format!("cookie: {cookie}\r\n");
        }
        for (name, value) in headers {
            asked += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{asked}\r\n").as_bytes()).unwrap();
        // A server that has heard enough answers, and reads no further.
        drop(stream.write_all(body));
        let mut said = Vec::new();
        drop(stream.read_to_end(&mut said));
        let answer = read(&String::from_utf8_lossy(&said));
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        answer
    }
}

fn read(said: &str) -> Answer {
    let (head, body) = said.split_once("\r\n\r\n").unwrap_or((said, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}
