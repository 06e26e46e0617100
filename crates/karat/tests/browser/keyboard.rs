//! Reviewing without a mouse, with the letters and without them; and without scripts.

use serde_json::json;

use crate::chrome::{Chrome, ENTER, TAB};
use crate::served::{PASSWORD, Served};
use crate::{eve, project};

/// What was decided and not taken back, in order.
const DECIDED: &str = "select coalesce(string_agg(verdict || ' ' || decided_by, ', ' order by id), '') \
     from karat.decision where undone_at is null";

/// The two records that are to be decided.
fn pair(chrome: &Chrome) -> String {
    let script = "return [...document.querySelectorAll('.decide [name=a], .decide [name=b]')]\
                  .map((field) => field.value).join(' and ')";
    chrome.run(script, vec![]).as_str().unwrap().to_owned()
}

#[test]
fn the_queue_is_worked_off_with_five_letters() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let chrome = eve(&served);
    chrome.go("/review");
    let first = pair(&chrome);
    assert!(first.contains("list:"), "{first}");
    chrome.press('j');
    chrome.until("another pair is shown", || ![first.as_str(), ""].contains(&&*pair(&chrome)));
    let mut before = pair(&chrome);
    for (key, decided) in [
        ('y', "same Eve"),
        ('n', "same Eve, different Eve"),
        ('u', "same Eve, different Eve, unsure Eve"),
    ] {
        chrome.press(key);
        chrome.until(decided, || project.db.sql(DECIDED) == decided);
        chrome.sees("Noted as decision");
        chrome
            .until("the next pair is shown", || ![before.as_str(), ""].contains(&&*pair(&chrome)));
        before = pair(&chrome);
    }
    chrome.press('z');
    chrome.until("the last one is taken back", || {
        project.db.sql(DECIDED) == "same Eve, different Eve"
    });
    // In a field letters are letters.
    chrome.sees("Are these the same?");
    chrome.until("the notice is gone", || !chrome.text().contains("Noted as decision"));
    chrome.fill("#reason", "yes, nobody knows; just a zebra");
    let typed = chrome.run("return document.querySelector('#reason').value", vec![]);
    assert_eq!(typed, "yes, nobody knows; just a zebra");
    assert_eq!(project.db.sql(DECIDED), "same Eve, different Eve");
    served.end();
}

/// Goes on with the tabulator until the focus is on what a script says.
fn tab_to(chrome: &Chrome, script: &str) {
    for _ in 0..200 {
        chrome.press(TAB);
        if chrome.run(&format!("const at = document.activeElement; return {script}"), vec![])
            == json!(true)
        {
            let ring = "const style = getComputedStyle(document.activeElement); \
                        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1";
            assert_eq!(chrome.run(ring, vec![]), json!(true), "{script}: the focus can be seen");
            return;
        }
    }
    panic!("no way leads to {script}: {}", chrome.text());
}

#[test]
fn tabulator_and_enter_are_enough() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    let chrome = eve(&served);
    chrome.go("/");
    tab_to(&chrome, "at.textContent === 'To the content'");
    tab_to(&chrome, "at.textContent === 'Review'");
    chrome.press(ENTER);
    chrome.sees("Are these the same?");
    tab_to(&chrome, "at.id === 'reason'");
    tab_to(&chrome, "at.value === 'different'");
    chrome.press(ENTER);
    chrome.sees("Noted as decision");
    assert_eq!(project.db.sql(DECIDED), "different Eve");
    tab_to(&chrome, "at.textContent.startsWith('Undo')");
    chrome.press(ENTER);
    chrome.until("it is taken back", || project.db.sql(DECIDED).is_empty());
    chrome.until("it waits again", || !pair(&chrome).is_empty());
    served.end();
}

#[test]
fn reading_and_deciding_work_without_scripts() {
    let project = project();
    let served = Served::start(&project, &["--no-work"]);
    drop(eve(&served));
    let chrome = Chrome::without_scripts(&served.host);
    chrome.go("data:text/html,<title>x</title><noscript>nothing runs</noscript>");
    chrome.sees("nothing runs");
    chrome.go("/");
    chrome.fill("#name", "Eve");
    chrome.fill("#password", PASSWORD);
    chrome.click("form button");
    let home = chrome.sees("Datasets");
    assert!(home.contains("people"), "{home}");
    for (path, text) in [
        ("/entities/people?q=ann", "1 found"),
        ("/datasets/list", "Dan Fox"),
        ("/runs/1", "resolve"),
        ("/outputs", "by day.csv"),
        ("/jobs", "None."),
    ] {
        chrome.go(path);
        chrome.sees(text);
    }
    chrome.go("/review");
    chrome.sees("Are these the same?");
    chrome.fill("#reason", "they said so");
    chrome.click("button[value=same]");
    chrome.sees("Noted as decision");
    assert_eq!(project.db.sql(DECIDED), "same Eve");
    chrome.click(".notice button");
    chrome.until("it is taken back", || project.db.sql(DECIDED).is_empty());
    served.end();
}
