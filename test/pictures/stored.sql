-- The pictures in doc/pictures: of the demo company, and of days that have gone
-- by, so that they stay as they are. One a line, after the name of its file.
-- For psql -XAtq -F ' '.
SELECT file, picture
FROM (VALUES
	('roster.svg', oncall.roster_svg('[2025-12-08 Pacific/Auckland, 2026-01-18 Pacific/Auckland)', 'SRE')),
	('phone.svg', oncall.roster_svg('[2025-12-01 Pacific/Auckland, 2026-01-01 Pacific/Auckland)', 'SRE', 360)),
	('load.svg', oncall.pager_load_svg('[2025-09-01, 2026-01-01)'))
) AS stored(file, picture);
