//! A Chromium without a window, driven by WebDriver: one driver and one profile for each, and
//! nothing of them is left when it is dropped.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use url::Url;

/// How long anything may take.
pub const LONG: Duration = Duration::from_secs(120);

/// What a machine without a browser is told.
const LACKING: &str = "tests of the pages need a browser; scripts/setup installs it, or install \
     Debian's chromium and chromium-driver by hand";

pub const TAB: char = '\u{e004}';
pub const ENTER: char = '\u{e007}';

/// A browser, and the server whose pages it looks at.
pub struct Chrome {
    driver: Child,
    client: Option<Client>,
    runtime: Runtime,
    profile: TempDir,
    /// Where addresses without one begin: `http://127.0.0.1:4747`.
    base: String,
}

impl Chrome {
    /// Looks at the server at a host and port.
    pub fn open(host: &str) -> Chrome {
        Chrome::with(host, json!({}))
    }

    /// Runs no scripts of pages.
    pub fn without_scripts(host: &str) -> Chrome {
        Chrome::with(host, json!({ "profile.managed_default_content_settings.javascript": 2 }))
    }

    fn with(host: &str, preferences: Json) -> Chrome {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = command.spawn().unwrap_or_else(|e| panic!("{LACKING}: chromedriver: {e}"));
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = said.next().unwrap_or_else(|| panic!("{LACKING}: chromedriver ends"));
            if let Some((_, port)) = line.unwrap().split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        // What it says from now on is nobody's business, and must not keep it waiting.
        thread::spawn(move || said.for_each(drop));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let base = format!("http://{host}");
        let mut chrome = Chrome { driver, client: None, runtime, profile, base };
        let mut arguments = vec![
            "--headless=new".to_owned(),
            format!("--user-data-dir={}", chrome.profile.path().display()),
            "--window-size=1280,900".to_owned(),
            "--lang=en-US".to_owned(),
        ];
        for plain in ["disable-dev-shm-usage", "disable-background-networking", "no-first-run"] {
            arguments.push(format!("--{plain}"));
        }
        if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
            arguments.push("--no-sandbox".to_owned());
        }
        let wanted = json!({
            "goog:chromeOptions": { "args": arguments, "prefs": preferences },
            "timeouts": { "script": LONG.as_millis() as u64, "pageLoad": LONG.as_millis() as u64 },
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        let at = format!("http://127.0.0.1:{port}");
        let client = chrome.runtime.block_on(builder.connect(&at));
        chrome.client = Some(client.unwrap_or_else(|e| panic!("{LACKING}: {e}")));
        chrome
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    /// Goes to a path of the server, or to any address.
    pub fn go(&self, to: &str) {
        let to = if to.starts_with('/') { format!("{}{to}", self.base) } else { to.to_owned() };
        self.runtime.block_on(self.client().goto(&to)).unwrap_or_else(|e| panic!("{to}: {e}"));
    }

    /// Goes back to the page before.
    pub fn back(&self) {
        self.runtime.block_on(self.client().back()).unwrap();
    }

    /// Path and query of the page.
    pub fn place(&self) -> String {
        let at = self.runtime.block_on(self.client().current_url()).unwrap();
        at.as_str().strip_prefix(&self.base).unwrap_or(at.as_str()).to_owned()
    }

    /// All that can be read on the page; nothing while it changes.
    pub fn text(&self) -> String {
        let read = async { self.client().find(Locator::Css("body")).await?.text().await };
        self.runtime.block_on(read).unwrap_or_default()
    }

    /// Waits until the page has a text; the whole then.
    pub fn sees(&self, text: &str) -> String {
        let mut last = String::new();
        self.until(text, || {
            last = self.text();
            last.contains(text)
        });
        self.text()
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let since = Instant::now();
        while !is_so() {
            assert!(since.elapsed() < LONG, "not {what:?}: {}\n{}", self.place(), self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks what a selector finds first.
    pub fn click(&self, css: &str) {
        self.with_element(css, |element| async move { element.click().await });
    }

    /// Types into a field, after what is in it.
    pub fn fill(&self, css: &str, text: &str) {
        let text = text.to_owned();
        self.with_element(css, |element| async move { element.send_keys(&text).await });
    }

    fn with_element<F: Future<Output = Result<(), fantoccini::error::CmdError>>>(
        &self,
        css: &str,
        act: impl FnOnce(fantoccini::elements::Element) -> F,
    ) {
        let found = self.client().wait().at_most(LONG).for_element(Locator::Css(css));
        let done = self.runtime.block_on(async { act(found.await?).await });
        done.unwrap_or_else(|e| panic!("{css}: {e}\n{}", self.text()));
    }

    /// Presses a key, wherever the focus is.
    pub fn press(&self, key: char) {
        let keys = KeyActions::new("keys".to_owned());
        let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.runtime.block_on(self.client().perform_actions(keys)).unwrap();
    }

    /// What a function of these arguments gives, which the browser and not the page runs.
    pub fn run(&self, body: &str, arguments: Vec<Json>) -> Json {
        let since = Instant::now();
        loop {
            match self.runtime.block_on(self.client().execute(body, arguments.clone())) {
                Ok(found) => return found,
                // The page may just be on its way to another.
                Err(e) => assert!(since.elapsed() < LONG, "{e}: {body:.200}"),
            }
        }
    }

    /// The same of a function that hands its answer to its last argument.
    pub fn run_later(&self, body: &str, arguments: Vec<Json>) -> Json {
        self.runtime.block_on(self.client().execute_async(body, arguments)).unwrap()
    }

    /// Status and text of what a page of the server would get from an address.
    pub fn fetch(&self, address: &str) -> (u64, String) {
        let body = "const done = arguments[1];
            fetch(arguments[0])
                .then(async (answer) => done([answer.status, await answer.text()]))
                .catch((error) => done([0, String(error)]));";
        let answer = self.run_later(body, vec![json!(address)]);
        (answer[0].as_u64().unwrap(), answer[1].as_str().unwrap().to_owned())
    }

    /// Forgets who is signed in.
    pub fn forget(&self) {
        self.runtime.block_on(self.client().delete_all_cookies()).unwrap();
    }

    /// Looks as if on a screen of this width, in a scheme of colours: `light` or `dark`.
    pub fn look(&self, width: u32, scheme: &str) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size);
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.tell("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    /// Keeps a picture of the whole page.
    pub fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        let png = self.runtime.block_on(self.client().screenshot()).unwrap();
        fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    fn tell(&self, command: &'static str, parameters: Json) {
        let devtools = DevTools { command, parameters };
        self.runtime.block_on(self.client().issue_cmd(devtools)).unwrap();
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let close = async { timeout(Duration::from_secs(20), client.close()).await };
            drop(self.runtime.block_on(close));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
        // Processes of a browser whose driver had no time to end it.
        let profile = self.profile.path().display().to_string();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            if String::from_utf8_lossy(&line).contains(&profile) {
                drop(Command::new("kill").args(["-9"]).arg(process.file_name()).output());
            }
        }
    }
}

/// What the protocol of Chromium's tools for developers can do and WebDriver cannot.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Json,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}
