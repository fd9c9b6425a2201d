"""Everything that can be decided without a screen: state, order, wording."""
