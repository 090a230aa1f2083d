@echo off
rem Starts Avatar Pipeline on Windows: makes .venv beside this file, installs requirements.txt once, opens the menus.
rem   avatar.bat                 the menus (or a double click)
rem   avatar.bat demo            any command, with its arguments
rem AVATAR_PYTHON names another Python, AVATAR_LANG the language (es, en). Letters without accents: any code page shows them.
setlocal
set "HERE=%~dp0"
set "VENV=%HERE%.venv"
set "PYTHON=%VENV%\Scripts\python.exe"
set "STAMP=%VENV%\requirements.done"
rem There only where the environment was made to its end.
set "MADE=%VENV%\made"
set "PACKAGES=%HERE%scripts\packages.py"
set "SUITS=import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))"
set "SPANISH="
if /i "%AVATAR_LANG:~0,2%"=="es" set "SPANISH=1"
if not defined AVATAR_LANG (
    reg query "HKCU\Control Panel\International" /v LocaleName 2>nul | findstr /i /c:"    es" >nul && set "SPANISH=1"
)

if not exist "%PYTHON%" goto :make
if not exist "%MADE%" if not exist "%STAMP%" goto :make
"%PYTHON%" -I -c "%SUITS%" >nul 2>&1 && goto :packages

:make
set "OWN="
if defined AVATAR_PYTHON call :try "%AVATAR_PYTHON%"
for %%V in (3.12 3.11 3.13 3.10) do if not defined OWN call :try py -%%V
if not defined OWN call :try python
if not defined OWN (
    call :say "No se ha encontrado Python de 3.10 a 3.13." "No Python from 3.10 to 3.13 was found."
    call :say "Que hacer: instala Python 3.12 (https://www.python.org/downloads/), marca Add to PATH y repite." "What to do: install Python 3.12 (https://www.python.org/downloads/), tick Add to PATH, and repeat."
    goto :failed
)
call :say "Preparando el entorno (solo la primera vez)..." "Making the environment (only the first time)..."
if exist "%MADE%" del "%MADE%"
if exist "%STAMP%" del "%STAMP%"
%OWN% -I -m venv --clear "%VENV%"
if errorlevel 1 (
    call :say "No se ha podido crear el entorno. Que hacer: cierra los programas que usen la carpeta .venv y repite." "The environment could not be made. What to do: close the programs that use the folder .venv, and repeat."
    goto :failed
)
type nul >"%MADE%"

:packages
rem Another list of requirements, or a package that is gone: another installation.
"%PYTHON%" -I "%PACKAGES%" "%HERE%requirements.txt" "%STAMP%" >nul 2>&1 && goto :run
call :say "Instalando los paquetes (unos minutos, hace falta internet)..." "Installing the packages (some minutes, needs the internet)..."
"%PYTHON%" -I -m pip install --disable-pip-version-check -r "%HERE%requirements.txt"
if errorlevel 1 goto :not_installed
rem What has gone since it was installed, pip may believe to be there.
if not exist "%STAMP%.broken" goto :note
"%PYTHON%" -I -m pip install --disable-pip-version-check --force-reinstall --no-deps -r "%STAMP%.broken"
if errorlevel 1 goto :not_installed

:note
"%PYTHON%" -I "%PACKAGES%" "%HERE%requirements.txt" "%STAMP%" --done
if errorlevel 1 goto :not_installed

:run
"%PYTHON%" "%HERE%avatar_pipeline.py" %*
set "CODE=%ERRORLEVEL%"
if not "%CODE%"=="0" if "%~1"=="" pause
exit /b %CODE%

:not_installed
rem Without a pip that starts, the next start makes the environment anew.
"%PYTHON%" -I -m pip --version >nul 2>&1 || del "%MADE%" "%STAMP%" >nul 2>&1
call :say "La instalacion no ha terminado; la causa esta en las lineas de arriba." "The installation did not end; the cause is in the lines above."
call :say "Que hacer: comprueba internet y el espacio en disco y repite: sigue donde quedo." "What to do: check the internet and the disk space, then repeat: it goes on from there."
goto :failed

:failed
rem A window opened by a double click would vanish with its message.
if "%~1"=="" pause
exit /b 1

:try
%* -I -c "%SUITS%" >nul 2>&1 && set OWN=%*
exit /b 0

:say
if not defined SPANISH goto :say_english
echo %~1
exit /b 0
:say_english
echo %~2
exit /b 0
