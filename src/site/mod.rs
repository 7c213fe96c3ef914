//! Documents become a site: pages, navigation, addresses, resolved links.
