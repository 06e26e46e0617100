set client_min_messages = warning;
set timezone = 'UTC';
set datestyle = 'ISO';
set extra_float_digits = 1;
