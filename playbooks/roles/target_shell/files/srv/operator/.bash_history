uptime
df -h
mysql -h files -u backup -pletmein -e 'show tables' payroll
sudo less /var/log/dpkg.log
exit
