//! What breaks ties between nodes of the same total.

/// The rule for one decision.
pub enum Tie<'a> {
    /// The name that comes first.
    SmallestName,
    /// One at random, as the scheduler does: the function draws a number below the one that it is given.
    Draw(&'a mut dyn FnMut(usize) -> usize),
}

impl Tie<'_> {
    /// One of a list that is not empty.
    pub fn among<'n, T: Copy>(&mut self, list: &[T], name: impl Fn(&T) -> &'n str) -> T {
        match self {
            Tie::SmallestName => {
                let mut best = list[0];
                for other in &list[1..] {
                    if name(other) < name(&best) {
                        best = *other;
                    }
                }
                best
            }
            Tie::Draw(_) if list.len() == 1 => list[0],
            Tie::Draw(draw) => list[draw(list.len())],
        }
    }

    /// Where a search that does not look at all starts.
    pub fn offset(&mut self, nodes: usize) -> usize {
        match self {
            Tie::SmallestName => 0,
            Tie::Draw(draw) => draw(nodes),
        }
    }
}
