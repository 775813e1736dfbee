"""A record query: pages of rows and rows by key, under the policy's scope and column masks."""
