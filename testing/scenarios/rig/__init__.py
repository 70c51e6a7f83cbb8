# SPDX-License-Identifier: GPL-2.0-or-later
"""End-to-end scenarios: hosts made of namespaces on one kernel, real daemons on them, and what must be seen."""
