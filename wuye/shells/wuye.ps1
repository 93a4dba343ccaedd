# Completion of wuye for PowerShell. Made by `wuye completion powershell`; the program itself says what fits.
Register-ArgumentCompleter -Native -CommandName 'wuye', 'wuye.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text -replace "`r?`n", ' ' })
    if ($wordToComplete -eq '') { $words += '' }
    $program = $commandAst.GetCommandName()
    if (-not (Get-Command -Name $program -CommandType Application -ErrorAction SilentlyContinue)) { $program = 'wuye' }
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $env:_WUYE_COMPLETE = 'powershell'
        $env:_WUYE_WORDS = $words -join "`n"
        $env:_WUYE_AT = $words.Count - 1
        $found = @(& $program 2>$null)
    }
    catch { $found = @() }
    finally {
        Remove-Item Env:_WUYE_COMPLETE, Env:_WUYE_WORDS, Env:_WUYE_AT -ErrorAction SilentlyContinue
        [Console]::OutputEncoding = $encoding
    }
    foreach ($line in $found) {
        $parts = $line -split "`t", 3
        if ($parts.Count -eq 3 -and $parts[0] -ne '') {
            [System.Management.Automation.CompletionResult]::new($parts[0], $parts[1], 'ParameterValue', $parts[2])
        }
    }
}
