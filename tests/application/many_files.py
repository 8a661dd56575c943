"""Many rows at once, made by PostgreSQL itself: owners with folders, and files of every kind in them."""

from django.db import connection

_TYPES = "(ARRAY['image/jpeg', 'image/jpeg', 'image/png', 'video/mp4', 'audio/mpeg', 'application/pdf'])"
_STATEMENTS = (
    """
    INSERT INTO accounts_user (username, password, email, first_name, last_name, is_superuser, is_staff,
                               is_active, is_declared, date_joined)
    SELECT 'owner' || n, '', '', '', '', false, false, true, false, now()
    FROM generate_series(1, %(owners)s) n
    """,
    """
    INSERT INTO vault_folder (owner_id, parent_folder_id, name, name_key, revision, created_at, updated_at)
    SELECT u.id, NULL, 'Folder ' || n, 'folder ' || n, 0, now(), now()
    FROM accounts_user u, generate_series(1, %(folders)s) n
    """,
    """
    INSERT INTO vault_blob (owner_id, sha256, size, "references", state, reason, has_thumbnail, facts, camera,
                            created_at)
    SELECT u.id, md5(u.id || '.' || n) || md5(n::text), 1000 + n, 1, 'ready', '', n %% 3 > 0,
           '{"width": 4000, "height": 3000, "camera": "Canon EOS R5"}', 'Canon EOS R5', now()
    FROM accounts_user u, generate_series(1, %(each)s) n
    """,
    f"""
    INSERT INTO vault_file (owner_id, folder_id, name, name_key, file_id, size, type, is_favorite, taken_at,
                            revision, created_at, updated_at)
    SELECT b.owner_id, f.id, 'IMG_' || md5(b.id::text) || '.jpg', 'img_' || md5(b.id::text) || '.jpg', b.id,
           b.size, {_TYPES}[1 + b.id %% 6], b.id %% 20 = 0,
           CASE WHEN b.id %% 2 = 0 THEN timestamptz '2020-01-01Z' + b.id * interval '97 seconds' END,
           b.size, timestamptz '2024-01-01Z' + (b.id * 7919 %% 1000003) * interval '61.5 seconds', now()
    FROM vault_blob b
    LEFT JOIN vault_folder f
    ON f.owner_id = b.owner_id AND f.name = 'Folder ' || (b.size %% (%(folders)s + 1))
    """,
    "ANALYZE accounts_user",
    "ANALYZE vault_folder",
    "ANALYZE vault_blob",
    "ANALYZE vault_file",
)
_FOLDERS = """
    INSERT INTO vault_folder (owner_id, parent_folder_id, name, name_key, revision, created_at, updated_at)
    SELECT %(owner)s, %(above)s, 'More ' || n, 'more ' || n, 0,
           timestamptz '2024-01-01Z' + (n * 7919 %% 1000003) * interval '61.5 seconds', now()
    FROM generate_series(1, %(count)s) n
"""


def make_many_files(*, owners: int, each: int, folders: int) -> None:
    """`each` files for each of these new owners, spread evenly over the root and so many folders."""
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, {"owners": owners, "each": each, "folders": folders})


def make_many_folders(*, owner_id: int, above: int | None, count: int) -> None:
    """So many new folders in one of the owner's, or at the root."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLDERS, {"owner": owner_id, "above": above, "count": count})
        cursor.execute("ANALYZE vault_folder")
