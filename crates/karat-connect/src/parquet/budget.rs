//! How much memory the pages of a file may take, all that are read at once together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use karat_record::{Kind, Problem};
use parquet::errors::{ParquetError, Result};

/// What every file may take, and what none may take more of.
const LEAST: u64 = 64 << 20;
const MOST: u64 = 1 << 30;

/// Bytes that each byte of a file may become at once.
const TIMES: u64 = 1000;

/// Bytes that may still be taken.
pub(super) struct Budget {
    left: AtomicU64,
    most: u64,
}

impl Budget {
    /// The budget of a file of so many bytes.
    pub(super) fn of(length: u64) -> Arc<Budget> {
        let most = length.saturating_mul(TIMES).clamp(LEAST, MOST);
        Arc::new(Budget { left: AtomicU64::new(most), most })
    }

    fn take(&self, bytes: u64) -> Result<()> {
        let less = |left: u64| left.checked_sub(bytes);
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(_) => Ok(()),
            Err(_) => {
                let what = format!("its pages would take more than {} bytes at once", self.most);
                let hint = "export it again with smaller row groups or pages";
                let problem = Problem::new(Kind::Input, what).hint(hint);
                Err(ParquetError::External(Box::new(problem)))
            }
        }
    }
}

/// What one column has of the budget; it comes back when this goes.
pub(super) struct Share {
    budget: Arc<Budget>,
    dictionary: AtomicU64,
    page: AtomicU64,
    /// For the values of lists that are held until the rows are done.
    lists: AtomicU64,
}

impl Share {
    pub(super) fn new(budget: &Arc<Budget>) -> Arc<Share> {
        let [dictionary, page, lists] = Default::default();
        Arc::new(Share { budget: Arc::clone(budget), dictionary, page, lists })
    }

    /// Takes for a dictionary, which stays to the end.
    pub(super) fn dictionary(&self, bytes: u64) -> Result<()> {
        self.add(&self.dictionary, bytes)
    }

    /// Takes for a page in place of the one before.
    pub(super) fn page(&self, bytes: u64) -> Result<()> {
        self.give(&self.page);
        self.add(&self.page, bytes)
    }

    /// Takes for the values of a page of lists.
    pub(super) fn lists(&self, bytes: u64) -> Result<()> {
        self.add(&self.lists, bytes)
    }

    /// Gives back what values of lists took.
    pub(super) fn settle(&self) {
        self.give(&self.lists);
    }

    fn add(&self, held: &AtomicU64, bytes: u64) -> Result<()> {
        self.budget.take(bytes)?;
        held.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    fn give(&self, held: &AtomicU64) {
        let bytes = held.swap(0, Ordering::Relaxed);
        self.budget.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        for held in [&self.dictionary, &self.page, &self.lists] {
            self.give(held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let budget = Budget::of(0);
        let one = Share::new(&budget);
        one.page(LEAST).unwrap();
        assert!(one.dictionary(1).is_err());
        one.page(LEAST - 10).unwrap();
        one.lists(10).unwrap();
        assert!(Share::new(&budget).page(1).is_err());
        one.settle();
        Share::new(&budget).page(10).unwrap();
        drop(one);
        Share::new(&budget).page(LEAST).unwrap();
    }
}
