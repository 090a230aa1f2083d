@echo off
rem Starts Avatar Pipeline on Windows. The first start makes .venv beside this file (scripts\first_start.py), as does one that finds
rem it broken; then the menus open.
rem   avatar.bat                 the menus (or a double click)
rem   avatar.bat demo            any command, with its arguments
rem AVATAR_PYTHON names another Python, AVATAR_LANG the language (es, en), AVATAR_WHEELS a folder of packages for a computer
rem without the internet. Letters without accents: any code page shows them. call: a Python of pyenv is a batch file.
setlocal
set "HERE=%~dp0"
set "PYTHON=%HERE%.venv\Scripts\python.exe"
set "SUITS=import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))"
set "CODE=1"

if not exist "%PYTHON%" goto :make
"%PYTHON%" -I "%HERE%scripts\packages.py" "%HERE%requirements.txt" "%HERE%.venv\requirements.done" >nul 2>&1
if not errorlevel 1 goto :run

:make
set "OWN="
if defined AVATAR_PYTHON call :try "%AVATAR_PYTHON%"
for %%V in (3.12 3.11 3.13 3.10) do if not defined OWN call :try py -%%V
if not defined OWN call :try python
if not defined OWN for /f "delims=" %%P in ('uv python find "<3.14" 2^>nul') do call :try "%%P"
if not defined OWN goto :none
call %OWN% -I "%HERE%scripts\first_start.py"
set "CODE=%ERRORLEVEL%"
if not "%CODE%"=="0" goto :end

:run
"%PYTHON%" "%HERE%avatar_pipeline.py" %*
set "CODE=%ERRORLEVEL%"

:end
rem A window opened by a double click would vanish with its message.
if not "%CODE%"=="0" if "%~1"=="" pause
exit /b %CODE%

:none
set "SPANISH="
if /i "%AVATAR_LANG:~0,2%"=="es" set "SPANISH=1"
if not defined AVATAR_LANG (
    reg query "HKCU\Control Panel\International" /v LocaleName 2>nul | findstr /i /c:"    es" >nul
    if not errorlevel 1 set "SPANISH=1"
)
if defined SPANISH (
    echo No se ha encontrado Python de 3.10 a 3.13.
    echo Que hacer: instala Python 3.12, https://www.python.org/downloads/, marca Add to PATH y repite.
) else (
    echo No Python from 3.10 to 3.13 was found.
    echo What to do: install Python 3.12, https://www.python.org/downloads/, tick Add to PATH, and repeat.
)
goto :end

:try
call %* -I -c "%SUITS%" >nul 2>&1
if not errorlevel 1 set OWN=%*
exit /b 0
