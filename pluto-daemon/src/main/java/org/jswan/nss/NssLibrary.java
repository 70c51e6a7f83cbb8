// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import jnr.ffi.Pointer;

/**
 * What we call of libnss3 and of libnspr4, which it brings along, by their own names. Results of type {@code int} are 0 for success unless said otherwise; pointers
 * are null for failure. {@code context} is for a password callback, of which there is none.
 */
@SuppressWarnings("checkstyle:MethodName") // the names are the libraries'
public interface NssLibrary {
    int NSS_Initialize(String configdir, String certPrefix, String keyPrefix, String secmodName, int flags);

    int NSS_Shutdown();

    int PORT_GetError();

    String PR_ErrorToName(int error);

    String PR_ErrorToString(int error, int language);

    int PK11_RandomUpdate(byte[] octets, int count);

    Pointer PK11_GetInternalKeySlot();

    /** 1 for yes. */
    int PK11_NeedLogin(Pointer slot);

    String PK11_GetTokenName(Pointer slot);

    int PK11_CheckUserPassword(Pointer slot, String password);

    void PK11_FreeSlot(Pointer slot);

    Pointer PK11_FindKeyByKeyID(Pointer slot, Pointer keyId, Pointer context);

    Pointer PK11_ListPrivateKeysInSlot(Pointer slot);

    void SECKEY_DestroyPrivateKeyList(Pointer list);

    Pointer PK11_GetLowLevelKeyIDForPrivateKey(Pointer privateKey);

    Pointer PK11_GenerateKeyPair(
            Pointer slot,
            long mechanism,
            Pointer parameters,
            Pointer publicKey,
            int permanent,
            int sensitive,
            Pointer context);

    int PK11_SignatureLen(Pointer privateKey);

    int PK11_Sign(Pointer privateKey, Pointer signature, Pointer hash);

    int PK11_SignWithMechanism(Pointer privateKey, long mechanism, Pointer parameters, Pointer signature, Pointer hash);

    Pointer SECKEY_ConvertToPublicKey(Pointer privateKey);

    Pointer SECKEY_EncodeDERSubjectPublicKeyInfo(Pointer publicKey);

    void SECKEY_DestroyPrivateKey(Pointer privateKey);

    void SECKEY_DestroyPublicKey(Pointer publicKey);

    void SECITEM_FreeItem(Pointer item, int itself);

    Pointer PK11_ListCertsInSlot(Pointer slot);

    int CERT_GetCertTrust(Pointer certificate, Pointer trust);

    void CERT_DestroyCertList(Pointer list);

    Pointer CERT_GetDefaultCertDB();

    /** @param list is set to a head node, whose arena owns it */
    int SEC_LookupCrls(Pointer database, Pointer list, int type);

    Pointer CERT_ImportCRL(Pointer database, Pointer der, String url, int type, Pointer context);

    void SEC_DestroyCrl(Pointer crl);

    void PORT_FreeArena(Pointer arena, int zero);
}
