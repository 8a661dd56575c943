-- 1,000,000 files of 50 owners in a migrated, empty vault: owner 2 has 200,000, owner 3 has 20,000, the others
-- 16,250 each, in 20 of their 420 folders. Everything follows from the file's number, so every run has the same rows.
BEGIN;
SET LOCAL synchronous_commit = off;

INSERT INTO accounts_user
    (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, is_declared,
     date_joined)
SELECT n, '!', false, 'owner-' || n, '', '', '', false, true, false, now() FROM generate_series(2, 51) AS n;

INSERT INTO authtoken_token (key, user_id, created)
SELECT md5('owner-' || n), n, now() FROM generate_series(2, 51) AS n;

INSERT INTO vault_folder
    (id, owner_id, parent_folder_id, name, name_key, revision, created_at, updated_at)
SELECT owner * 100 + n, owner, NULL, 'album ' || n, 'album ' || n, 0, now(), now()
FROM generate_series(2, 51) AS owner, generate_series(0, 19) AS n;

INSERT INTO vault_folder
    (id, owner_id, parent_folder_id, name, name_key, revision, created_at, updated_at)
SELECT 10000 + owner * 400 + n, owner, owner * 100 + n % 20, 'part ' || n, 'part ' || n, 0, now(), now()
FROM generate_series(2, 51) AS owner, generate_series(0, 399) AS n;

CREATE TEMPORARY TABLE seed ON COMMIT DROP AS
SELECT n,
       CASE WHEN n <= 200000 THEN 2 WHEN n <= 220000 THEN 3 ELSE 4 + (n - 220001) / 16250 END AS owner,
       abs(hashint4(n)) AS chance,
       (ARRAY['beach', 'birthday', 'concert', 'forest', 'garden', 'harbour', 'holiday', 'invoice', 'kitchen',
              'letter', 'mountain', 'museum', 'recital', 'sunset', 'train', 'wedding'])[1 + n % 16] AS word,
       CASE WHEN n % 20 < 12 THEN 'image/jpeg' WHEN n % 20 < 14 THEN 'image/png'
            WHEN n % 20 < 16 THEN 'video/mp4' WHEN n % 20 < 18 THEN 'audio/mpeg'
            WHEN n % 20 < 19 THEN 'application/pdf' ELSE 'text/plain' END AS type
FROM generate_series(1, 1000000) AS n;

INSERT INTO vault_blob
    (id, owner_id, sha256, size, "references", crc32, state, reason, has_thumbnail, facts, camera, created_at)
SELECT n, owner, md5(n::text) || md5('more ' || n), 1000 + chance % 50000000, 1, NULL, 'ready', '',
       n % 20 < 16, '{}', '', now()
FROM seed;

INSERT INTO vault_file
    (id, owner_id, folder_id, name, name_key, file_id, size, type, is_favorite, revision, created_at, updated_at)
SELECT n, owner, owner * 100 + chance % 20, initcap(word) || ' ' || lpad((chance % 1000000)::text, 6, '0') || '-' || n,
       word || ' ' || lpad((chance % 1000000)::text, 6, '0') || '-' || n,
       n, 1000 + chance % 50000000, type, chance % 20 = 7, n, made, made
FROM (SELECT *, timestamptz '2023-01-01' + chance % 94608000 * interval '1 second' AS made FROM seed) AS seed;
COMMIT;

SELECT setval(pg_get_serial_sequence(owned, 'id'), 2000000)
FROM (VALUES ('accounts_user'), ('vault_folder'), ('vault_blob'), ('vault_file')) AS tables (owned);
