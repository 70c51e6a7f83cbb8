// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The database of keys and certificates: libnss3 behind {@link org.jswan.key.KeyDatabase}. Nothing of it is loaded before a
 * key is asked for, as that takes half a second and some megabytes. It knows no IKE.
 */
package org.jswan.nss;
