-- Settings: oncall.horizon, an interval between a day and a hundred years.
SET IntervalStyle = 'postgres';
SELECT oncall.horizon();
SET oncall.horizon = '23:59:59';
SET oncall.horizon = '100 years';
SELECT oncall.horizon();
SET oncall.horizon = '101 years';
SET oncall.horizon = '1 day';
SET oncall.horizon = '-90 days';
SET oncall.horizon = '90';
SET oncall.horizon = 'soon';
SET oncall.horizon = '';
SET oncall.horizon = 'infinity';
SHOW oncall.horizon;
RESET oncall.horizon;
SELECT oncall.horizon();
