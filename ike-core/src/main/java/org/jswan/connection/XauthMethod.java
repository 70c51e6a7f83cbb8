// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** Where an XAUTH server looks passwords up. */
public enum XauthMethod {
    FILE,
    PAM,
    ALWAYS_OK
}
