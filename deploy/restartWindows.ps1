# Run by the Systems Manager agent, as LocalSystem: restarts one Windows service, and prints its state before and after;
# or prints it once, and changes nothing.
# The values match the patterns of deploy/repairDocuments.cjs: they hold no quote, space, slash or backslash.
# A line of a command's output begins with "|", so that no output can pass for one of ours, "# WHEN WHAT EXIT-CODE".
$ErrorActionPreference = 'Stop'
$service = '{{ service }}'
$peer = '{{ peer }}'
$work = '{{ work }}'

function Report($what, $command) {
  $code = 0
  try { $text = & $command | Out-String -Width 300 } catch { $code = 1; $text = $_.Exception.Message }
  if ($text.Length -gt 4000) { $text = $text.Substring($text.Length - 4000) }
  $text -split '\r?\n' | Where-Object { $_ -ne '' } | ForEach-Object { '|' + $_ }
  "# $what $code"
}

function Look($when) {
  Report "$when state" { (Get-Service -Name $service).Status.ToString() }
  if ($service -eq 'RemoteAccess') {
    Report "$when tunnels" { Get-VpnS2SInterface | ForEach-Object { 'tunnel ' + $_.ConnectionState } }
  }
  if ($peer -ne 'none') {
    Report "$when ping" { (Test-Connection -ComputerName $peer -Count 2 -Quiet).ToString() }
  }
}

Look 'before'
if ($work -ne 'restart') { exit 0 }
Report 'the restart' { Restart-Service -Name $service -Force }
Look 'after'
