//! Which peers have to be looked at again, each once.

/// Numbers of peers.
#[derive(Debug, Default)]
pub(super) struct Stale {
    marked: Vec<bool>,
    queue: Vec<usize>,
}

impl Stale {
    pub(super) fn mark(&mut self, number: usize) {
        if self.marked.len() <= number {
            self.marked.resize(number + 1, false);
        }
        if !std::mem::replace(&mut self.marked[number], true) {
            self.queue.push(number);
        }
    }

    pub(super) fn take(&mut self) -> Option<usize> {
        let number = self.queue.pop()?;
        self.marked[number] = false;
        Some(number)
    }
}
