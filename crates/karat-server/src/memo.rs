//! What takes long to find and is asked for often: kept until what it was made of has changed.

use std::collections::BTreeMap;

use karat_record::Result;
use tokio::sync::Mutex;

/// Answers by name, each as of a version of what it was made of.
pub struct Memo<T>(Mutex<BTreeMap<String, (String, T)>>);

impl<T> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo(Mutex::default())
    }
}

impl<T: Clone> Memo<T> {
    /// The answer of a name as of a version; made once, however many ask for it meanwhile.
    pub async fn get(
        &self,
        (name, version): (&str, &str),
        made: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut known = self.0.lock().await;
        if let Some((of, answer)) = known.get(name)
            && of == version
        {
            return Ok(answer.clone());
        }
        let answer = made.await?;
        known.insert(name.to_owned(), (version.to_owned(), answer.clone()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_made_once_for_each_version() {
        let memo = Memo::default();
        for (version, would_be, is) in [("1", 10, 10), ("1", 20, 10), ("2", 30, 30), ("1", 40, 40)]
        {
            assert_eq!(memo.get(("a", version), async { Ok(would_be) }).await.unwrap(), is);
        }
        assert_eq!(memo.get(("b", "1"), async { Ok(50) }).await.unwrap(), 50);
    }
}
